from __future__ import annotations

import argparse
import json
from typing import Any

from ..config import Settings, UsageError, load_settings
from ..graphs import resuming
from ..state import Outcome, RunStore, open_state
from .answering import Answers, answers, asked, on_a_terminal, prompted
from .build import shown
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway answer`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        outcome = await _parked(arguments.run, settings)
        if arguments.show:
            _show(outcome, as_json=arguments.json)
            return 0
        passage = resuming(
            arguments.run,
            answers=_given(arguments, outcome),
            max_cost=arguments.max_cost,
            timeout=arguments.timeout,
            settings=settings,
        )
        return await shown(passage, as_json=arguments.json, settings=settings)

    return execute(command)


async def _parked(run: str, settings: Settings) -> Outcome:
    async with open_state(settings) as redis:
        record, outcome = await RunStore(redis).get(run), await RunStore(redis).outcome(run)
    if outcome is None or not outcome.waiting or record.status != "needs_input":
        raise UsageError(f"run {run!r} waits for no answer: it is {record.status}; see it with: slipway show {run}")
    return outcome


def _given(arguments: argparse.Namespace, outcome: Outcome) -> Answers:
    if arguments.answers or arguments.edit:
        return answers(outcome, arguments.answers, arguments.edit)
    if on_a_terminal():
        return prompted(outcome)
    wanted = "\n".join(f"  {text}" for text in asked(outcome))
    raise UsageError(f"run {outcome.run!r} waits for decisions; give them in this order behind its id:\n{wanted}")


def _show(outcome: Outcome, *, as_json: bool) -> None:
    waiting: list[dict[str, Any]] = [each.model_dump(mode="json") for each in outcome.waiting]
    print(json.dumps(waiting) if as_json else "\n".join(asked(outcome)))
