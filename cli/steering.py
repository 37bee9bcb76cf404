from __future__ import annotations

import argparse
import json

from ..config import load_settings
from ..graphs import cancel, pause, steer
from ..graphs.steering import Told
from ..state import ENDED, Outcome, Status
from ..state.text import visible
from .build import result
from .execution import DELIVERED, NOT_DELIVERED, PARKED, execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway cancel`, `slipway pause` and `slipway steer`."""
    return execute(lambda: {"cancel": _cancel, "pause": _pause, "steer": _steer}[arguments.order](arguments))


async def _cancel(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.set)
    outcome = await cancel(arguments.run, reason=arguments.reason, settings=settings, wait=arguments.wait)
    return _told(outcome, outcome.status == "cancelled", as_json=arguments.json)


async def _pause(arguments: argparse.Namespace) -> int:
    outcome = await pause(arguments.run, settings=load_settings(arguments.set), wait=arguments.wait)
    return _told(outcome, outcome.status not in ENDED, as_json=arguments.json)


async def _steer(arguments: argparse.Namespace) -> int:
    run = arguments.run
    told = await steer(run, arguments.text, settings=load_settings(arguments.set), wait=arguments.wait)
    step = told.given.step if told.given else None
    if arguments.json:
        said = {"kind": "steered", "run": run, "status": told.status, "working": told.working, "given": step}
        print(json.dumps(said))
    else:
        print(visible(_steered(run, told)))
    if told.status in ENDED:
        return NOT_DELIVERED
    return DELIVERED if told.given or told.working else PARKED


def _steered(run: str, told: Told) -> str:
    if told.given:
        return f"run {run} goes on with it: {told.given.step} was given it"
    if told.status in ENDED:
        return _late(run, told.status)
    if told.working:
        return f"run {run} keeps it: no agent has asked its model since; the next request of each says it"
    how = "no process works on it" if told.status == "running" else f"it is parked: {told.status}"
    return f"run {run} keeps it, but {how}; go on with: {_next(run, told.status)}"


def _told(outcome: Outcome, done: bool, *, as_json: bool) -> int:
    """Print how a run stands that was told to stop, and return the exit code."""
    run, status = outcome.run, outcome.status
    if as_json:
        print(json.dumps(result(outcome)))
    elif not done:
        print(_late(run, status))
    elif status == "cancelled":
        print(f"run {run} is cancelled; what it did is kept for now: slipway show {run}")
    else:
        print(f"run {run} is parked: {status}; go on with: {_next(run, status)}")
    return DELIVERED if done else NOT_DELIVERED


def _next(run: str, status: Status) -> str:
    return f"slipway {'answer' if status == 'needs_input' else 'resume'} {run}"


def _late(run: str, status: str) -> str:
    return f"too late: run {run} ended meanwhile: {status}; look at it: slipway show {run}"
