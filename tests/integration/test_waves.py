"""What waits for what while components are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway import stream
from slipway.config import Settings, parse_lineup
from slipway.state.records import RunEnded, StageFinished, StageStarted

from .playing import PLAN, REQUEST, Part, Play, say, write

OTHER = {"id": "other", "purpose": "Hold a name.", "files": ["other.py"], "interface": "NAME: str"}
PLAY = Play(
    plan=PLAN | {"components": [*PLAN["components"], OTHER]},
    parts=(
        Part("coder", ("## Component: other", "Hold a name."), (write("other.py", 'NAME = "money"\n'), say("Done."))),
    ),
)


@pytest.mark.parametrize(("parallel", "most"), [(1, ["code", "write_tests"]), (2, ["code", "code", "write_tests"])])
async def test_the_tester_takes_no_coders_place(
    settings: Settings, tmp_path: Path, parallel: int, most: list[str]
) -> None:
    """`limits.parallel` bounds components: the last of a wave would wait a whole component's time for the tester."""
    limits = settings.limits.model_copy(update={"parallel": parallel})
    bounded = settings.model_copy(update={"limits": limits})
    script = PLAY.script(tmp_path)
    # So slow that each is at work when the last of them begins.
    lineup = parse_lineup({"name": "slow", "default": {"model": f"scripted:{script}?latency=0.8"}}, source="slow")
    at_work: set[tuple[str, str]] = set()
    crowds: list[list[str]] = []
    async for event in stream(REQUEST, lineup=lineup, settings=bounded):
        match event:
            case StageStarted():
                at_work.add((event.step, event.stage))
                crowds.append(sorted(stage for _, stage in at_work))
            case StageFinished():
                at_work.remove((event.record.step, event.record.stage))
            case RunEnded():
                assert event.outcome.status == "delivered", event.outcome.reason
            case _:
                pass
    assert max(crowds, key=len) == most
