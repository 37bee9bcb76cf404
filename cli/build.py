from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from ..config import Settings, load_settings
from ..graphs import Passage, resuming, start
from ..graphs.limits import Asked
from ..graphs.run import check_start
from ..state import Outcome, open_state
from ..state.hazards import hazards
from ..state.text import visible
from .answering import Answers, answered
from .execution import INTERRUPTED, execute, exit_code, watch
from .importing import imported
from .progress import open_progress, summary
from .prompting import on_a_terminal, prompted

_LIMITS = ("max_cost", "max_tokens", "max_steps", "max_seconds", "timeout")


def main(arguments: argparse.Namespace) -> int:
    """`slipway build`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        project = arguments.project
        if arguments.source is not None:
            asked = Asked(**limits_in(arguments))
            given = {"lineup": arguments.lineup, "into": arguments.into, "pack": arguments.pack}
            await check_start(arguments.request, asked, settings, project=project, **given)
            project = (await imported(arguments.source, project, settings, as_json=arguments.json)).project
        passage = start(
            arguments.request,
            project=project,
            lineup=arguments.lineup,
            into=arguments.into,
            **limits_in(arguments),
            ask=arguments.ask or ("auto" if on_a_terminal() else "never"),
            approve=arguments.approve,
            pack=arguments.pack,
            settings=settings,
        )
        return await shown(passage, as_json=arguments.json, settings=settings, limits=limits_in(arguments))

    return execute(command)


def limits_in(arguments: argparse.Namespace) -> dict[str, Any]:
    """The limits that a command line gives a run, as `start` takes them."""
    return {name: getattr(arguments, name) for name in _LIMITS}


async def shown(
    passage: AbstractAsyncContextManager[Passage], *, as_json: bool, settings: Settings, limits: Mapping[str, Any]
) -> int:
    """Show a passage to its end, and its result; return the exit code.

    Where the run needs an answer, the person is asked if there is one; without a terminal it stays parked. `limits` are
    those of the passage, for the ones behind it.
    """
    async with passage as under_way:
        outcome = await watch(under_way, open_progress(as_json=as_json))
    return await concluded(outcome, as_json=as_json, settings=settings, limits=limits)


async def concluded(outcome: Outcome, *, as_json: bool, settings: Settings, limits: Mapping[str, Any]) -> int:
    """Have the person on the terminal decide what the run waits for, until it waits for nothing; show how it stands.

    Who says nothing (Ctrl-D, Ctrl-C) leaves it parked; what was decided elsewhere is not asked. Returns the exit code.
    """
    while outcome.status == "needs_input":
        decided = await _decided(outcome, settings)
        if isinstance(decided, int):
            print_result(outcome, as_json=as_json)
            return decided
        async with resuming(outcome.run, answers=decided, **limits, settings=settings) as under_way:
            outcome = await watch(under_way, open_progress(as_json=as_json))
    print_result(outcome, as_json=as_json)
    return exit_code(outcome)


async def _decided(outcome: Outcome, settings: Settings) -> Answers | int:
    """What the run goes on with, beside what was recorded; or the exit code with which it stays parked."""
    async with open_state(settings) as redis:
        if await answered(redis, outcome):
            return {}
    if not on_a_terminal():
        return exit_code(outcome)
    try:
        given = prompted(outcome)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    return exit_code(outcome) if given is None else given


def print_result(outcome: Outcome, *, as_json: bool, **more: Any) -> None:
    """Print the result on stdout: as text, or as the final JSON object."""
    if not as_json:
        print(visible(summary(outcome)))
        return
    print(json.dumps({**result(outcome), **more}), flush=True)


def result(outcome: Outcome) -> dict[str, Any]:
    """What a program wants to know of a run."""
    usage = outcome.usage
    return {
        "kind": "result",
        "run": outcome.run,
        "project": outcome.project,
        "status": outcome.status,
        "reason": outcome.reason,
        "cost_usd": usage.cost_usd,
        "tokens": {"input": usage.input_tokens, "cached": usage.cached_tokens, "output": usage.output_tokens},
        "model_calls": usage.calls,
        "seconds": round(outcome.seconds, 3),
        "version": outcome.version,
        "into": outcome.into,
        "files": list(outcome.files),
        "left_out": list(hazards(outcome.files)) if outcome.into else [],
        "checks": {r.check: r.status for r in outcome.checks.results} if outcome.checks else {},
        "evidence": {proof.criterion: proof.status for proof in outcome.evidence},
        "assumptions": list(outcome.brief.assumptions) if outcome.brief else [],
        "waiting": [each.model_dump(mode="json") for each in outcome.waiting],
        "asked_twice": outcome.asked_twice,
        "trace_id": outcome.trace_id,
    }
