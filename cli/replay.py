from __future__ import annotations

import argparse

from ..config import load_settings
from ..graphs import replaying
from ..graphs.origins import stop_behind
from ..state import Outcome, RunStore, StageRecord, open_state
from ..state.text import visible
from .build import limits_in, print_result
from .execution import DELIVERED, NOT_DELIVERED, execute, exit_code, watch
from .progress import open_progress
from .show import describe_stage


def main(arguments: argparse.Namespace) -> int:
    """`slipway replay`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        async with open_state(settings) as redis:
            recorded = await RunStore(redis).outcome(arguments.run)
        async with replaying(
            arguments.run,
            stage=arguments.stage,
            lineup=arguments.lineup,
            **limits_in(arguments),
            settings=settings,
        ) as passage:
            outcome = await watch(passage, open_progress(as_json=arguments.json))
        if arguments.stage is None:
            return _whole(outcome, recorded, as_json=arguments.json)
        return _stage(outcome, recorded, arguments.stage, as_json=arguments.json)

    return execute(command)


def _whole(outcome: Outcome, recorded: Outcome | None, *, as_json: bool) -> int:
    known = recorded.version if recorded else None
    same = recorded is not None and (recorded.status, known) == (outcome.status, outcome.version)
    print_result(outcome, as_json=as_json, recorded_version=known, same=same)
    if not as_json:
        print(_compared(outcome, recorded))
    return DELIVERED if same else NOT_DELIVERED


def _compared(outcome: Outcome, recorded: Outcome | None) -> str:
    if recorded is not None and recorded.status != outcome.status:
        return f"not as recorded: it ended as {outcome.status}, and the recorded run as {recorded.status}"
    known = recorded.version if recorded else None
    said = "the same version as recorded" if outcome.version == known else f"not as recorded, which was {known}"
    return f"version {outcome.version}: {said}"


def _stage(outcome: Outcome, recorded: Outcome | None, stage: str, *, as_json: bool) -> int:
    before = _from(recorded.stages if recorded else (), stage)
    after = _from(outcome.stages, stage)
    print_result(
        outcome,
        as_json=as_json,
        recorded=[record.model_dump(mode="json") for record in before],
        replayed=[record.model_dump(mode="json") for record in after],
    )
    if not as_json:
        for title, records in (("recorded:", before), ("replayed:", after)):
            print(visible("\n".join([title, *(describe_stage(record) for record in records)])))
    return DELIVERED if outcome.cause == "replayed" else exit_code(outcome)


def _from(stages: tuple[StageRecord, ...], stage: str) -> list[StageRecord]:
    """The steps from the replayed one to the checks that judged it, or to itself where none do."""
    steps = [record.step for record in stages]
    first = next((i for i, step in enumerate(steps) if stage in (step, step.partition("/")[0])), len(steps))
    if stop_behind(stage) != "check":
        return list(stages[first : first + 1])
    judged = (i for i, record in enumerate(stages) if i >= first and record.stage == "check")
    return list(stages[first : next(judged, len(steps)) + 1])
