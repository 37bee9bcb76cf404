from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ..config import Settings, UsageError, load_settings
from ..graphs import resuming
from ..state import Outcome, RunStore, open_state
from ..state.text import visible
from .answering import Answers, answered, answers, asked
from .build import concluded, limits_in, shown
from .execution import execute
from .prompting import on_a_terminal


def main(arguments: argparse.Namespace) -> int:
    """`slipway answer`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        outcome, before = await _parked(arguments.run, settings)
        if arguments.show:
            return _show(outcome, before, as_json=arguments.json)
        how: dict[str, Any] = {"as_json": arguments.json, "settings": settings, "limits": limits_in(arguments)}
        given = _given(arguments, outcome, before)
        if given is None:
            return await concluded(outcome, **how)
        passage = resuming(arguments.run, answers=given, **limits_in(arguments), settings=settings)
        return await shown(passage, **how)

    return execute(command)


async def _parked(run: str, settings: Settings) -> tuple[Outcome, bool]:
    """How a run waits for a person, and whether it was answered before."""
    async with open_state(settings) as redis:
        record, outcome = await RunStore(redis).get(run), await RunStore(redis).outcome(run)
        if outcome is None or not outcome.waiting or record.status != "needs_input":
            raise UsageError(f"run {run!r} waits for no answer: it is {record.status}; see it with: slipway show {run}")
        return outcome, await answered(redis, outcome)


def _given(arguments: argparse.Namespace, outcome: Outcome, before: bool) -> Answers | None:
    """What the command line decides; None where that was done before, or is to be done on the terminal."""
    if arguments.answers or arguments.edit:
        return answers(outcome, arguments.answers, arguments.edit)
    if before:
        print(f"run {outcome.run} was answered before; it goes on with that", file=sys.stderr)
        return None
    if on_a_terminal():
        return None
    wanted = "\n".join(f"  {text}" for text in asked(outcome))
    raise UsageError(f"run {outcome.run!r} waits for decisions; give them in this order behind its id:\n{wanted}")


def _show(outcome: Outcome, before: bool, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([each.model_dump(mode="json") for each in outcome.waiting]))
    else:
        print(visible("\n".join(asked(outcome))))
    if before:
        print(f"it was answered before; go on with: slipway resume {outcome.run}", file=sys.stderr)
    return 0
