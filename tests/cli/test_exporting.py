"""What was built is judged by others from a file: each file must hold what the run's records say."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from slipway.config import Settings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import (
    EMPTY_VERSION,
    Change,
    CheckReport,
    CheckResult,
    FileRef,
    Finding,
    Outcome,
    ProjectStore,
    RunRecord,
    RunStore,
    hold,
    open_state,
)  # fmt: skip

Slipway = Callable[..., subprocess.CompletedProcess[str]]

FOUND = Finding(check="lint", message="unused <b>", file="a b.py", line=1, rule="F401", signature="lint:1")


@pytest.fixture
async def ended(settings: Settings) -> None:
    """A run `r` that gave up on a red version, and a run `new` that nobody works on."""
    lineup = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
    async with open_state(settings) as redis:
        projects, runs = ProjectStore(redis), RunStore(redis)
        await projects.create("p")
        for name in ("r", "new"):
            await runs.create(
                RunRecord(
                    id=name, project="p", request="x", lineup=lineup, base=EMPTY_VERSION, created=datetime.now(UTC)
                )
            )
        async with hold(redis, run="r", project="p") as fence:
            await projects.branch("p", "r", EMPTY_VERSION)
            [digest] = await projects.put_blobs("p", fence, [b"1\n2\n"])
            changes = {"a b.py": Change(None, FileRef(digest))}
            version = (await projects.publish("p", fence, step="s", attempt=0, changes=changes)).version
        checks = CheckReport(version=version, results=(CheckResult(check="lint", status="failed", findings=(FOUND,)),))
        await runs.finish(
            "r", Outcome(run="r", project="p", status="gave_up", version=version, files=("a b.py",), checks=checks)
        )


def test_all_files_in_one_go(ended: None, slipway: Slipway, tmp_path: Path) -> None:
    names = ["c.sarif", "c.xml", "c.md", "C.HTML"]
    sarif, junit, page, html = files = [tmp_path / name for name in names]
    done = slipway("show", "r", "--sarif", str(sarif), "--junit", str(junit), "--report", str(page))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"written: {file}" for file in files[:3]]
    log = json.loads(sarif.read_text())
    [found] = log["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.py"
    assert ElementTree.parse(junit).getroot().get("failures") == "1"
    assert "| a b.py | added | +2 -0 |" in page.read_text()
    assert "unused &lt;b&gt;" in page.read_text()
    done = slipway("show", "r", "--report", str(html), "--json")
    assert json.loads(done.stdout) == {"run": "r", "written": [str(html)]}
    assert html.read_text().startswith("<!DOCTYPE html>")


def test_files_are_written_beside_a_report(ended: None, slipway: Slipway, tmp_path: Path) -> None:
    done = slipway("show", "r", "--report", str(tmp_path / "r.md"), "--into", str(tmp_path / "files"))
    assert done.stdout == f"written: {tmp_path}/r.md\n1 file in {tmp_path}/files\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["r", "--report", "r.pdf"],
            "slipway show: argument --report: 'r.pdf' ends neither in .md nor in .html, which decides what is written; "
            "see `slipway show --help`",
        ),
        (
            ["r", "--sarif", "none/c.sarif"],
            "slipway: 'none/c.sarif' cannot be written: No such file or directory; "
            "name a file in a directory that is there",
        ),
        (
            ["new", "--junit", "c.xml"],
            "slipway: no version of run 'new' was checked yet, so that there is nothing to export; "
            "see how it stands with: slipway show new",
        ),
        (["r", "--sarif", "c.x", "--junit", "c.x"], "slipway: 'c.x' is named twice; name a file for each"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    ended: None, slipway: Slipway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    done = slipway("show", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "state"}


def test_a_run_that_has_not_ended_has_a_report(ended: None, slipway: Slipway, tmp_path: Path) -> None:
    assert slipway("show", "new", "--report", str(tmp_path / "r.md")).returncode == 0
    assert "**running**" in (tmp_path / "r.md").read_text()
