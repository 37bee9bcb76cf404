"""Files that would run something by themselves are not written to a person's machine, and the person is told."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slipway.cli.build import result
from slipway.cli.progress import summary
from slipway.config import Settings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import EMPTY_VERSION, Change, FileRef, Outcome, ProjectStore, RunRecord, RunStore, hold, open_state

Slipway = Callable[..., subprocess.CompletedProcess[str]]

PATHS = (".envrc", ".vscode/tasks.json", "app.py")


@pytest.fixture
async def ended(settings: Settings) -> Outcome:
    """A run `r` that made PATHS."""
    lineup = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
    async with open_state(settings) as redis:
        projects, runs = ProjectStore(redis), RunStore(redis)
        await projects.create("p")
        record = RunRecord(
            id="r", project="p", request="x", lineup=lineup, base=EMPTY_VERSION, created=datetime.now(UTC)
        )
        await runs.create(record)
        async with hold(redis, run="r", project="p") as fence:
            await projects.branch("p", "r", EMPTY_VERSION)
            [digest] = await projects.put_blobs("p", fence, [b"x"])
            changes = {path: Change(None, FileRef(digest)) for path in PATHS}
            version = (await projects.publish("p", fence, step="s", attempt=0, changes=changes)).version
        outcome = Outcome(run="r", project="p", status="delivered", version=version, files=PATHS)
        await runs.finish("r", outcome)
    return outcome


def test_they_are_written_when_they_are_asked_for(ended: Outcome, slipway: Slipway, tmp_path: Path) -> None:
    done = slipway("show", ended.run, "--into", str(tmp_path / "a"))
    count, *told = done.stdout.splitlines()
    assert count == f"1 file in {tmp_path}/a"
    assert [line.split(" (")[0] for line in told] == ["left out: .envrc", "left out: .vscode/tasks.json"]
    assert told[0].endswith("add it with: --with .envrc")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["app.py"]
    done = slipway("show", ended.run, "--into", str(tmp_path / "b"), "--with", ".envrc", "--with", ".vscode")
    assert done.stdout == f"3 files in {tmp_path}/b\n"


def test_a_result_names_them(ended: Outcome) -> None:
    delivered = ended.model_copy(update={"into": "/somewhere"})
    assert result(delivered)["left_out"] == [".envrc", ".vscode/tasks.json"]
    assert result(ended)["left_out"] == []
    lines = summary(delivered).splitlines()
    assert lines[-4].startswith("  .envrc (left out: ") and lines[-2] == "  app.py"
    assert lines[-1] == "get what was left out with: slipway show r --into DIR --with PATH"
    assert "left out" not in summary(ended)
    json.dumps(result(delivered))
