"""Reports are what an experiment is for: the commands write them, and say what they lack."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from slipway.cli.main import main
from slipway.config import Settings
from slipway.experiments import Report
from slipway.experiments.reporting import as_markdown, summary_of
from slipway.experiments.storing import store
from slipway.state import open_state

from ..experiments.reporting.making import small
from ..experiments.reporting.test_sides import report

TINY = report("tiny", small(), ("crew", "solo"))


@pytest.fixture
async def tiny(settings: Settings) -> Report:
    """An experiment that is done."""
    async with open_state(settings) as redis:
        await store(redis).put("tiny", TINY.experiment, created=1.0, status="done")
        for result in TINY.results:
            await store(redis).finish("tiny", result.cell.key, result)
    return TINY


def test_a_report_is_said_or_written(tiny: Report, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def said(*words: str) -> str:
        assert main(["experiment", "report", "tiny", *words]) == 0
        return capsys.readouterr().out

    whole = said()
    assert whole == as_markdown(summary_of(tiny))
    told = json.loads(said("--json", "--baseline", "solo"))
    assert (told["kind"], told["baseline"], told["groups"][4]["per_success"]["usd"]["value"]) == (
        "report",
        "solo",
        None,
    )

    folder = tmp_path / "new" / "report"
    done = said("--into", str(folder), "--csv", str(tmp_path / "it.csv"))
    files = [folder / "report.md", folder / "report.html", tmp_path / "it.csv", folder / "cells.parquet"]
    assert done == "".join(f"written: {file}\n" for file in files)
    assert files[0].read_text(encoding="utf-8") == whole
    assert files[1].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert len(files[2].read_text(encoding="utf-8").splitlines()) == 9
    assert parquet.read_table(str(files[3])).num_rows == 8


def test_two_line_ups_are_compared(tiny: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment", "compare", "tiny", "crew", "solo"]) == 0
    one = capsys.readouterr().out
    assert one.startswith("# solo against crew\n\n2 line-ups on 2 tasks: 6 cells done.\n")
    assert (main(["experiment", "compare", "tiny:crew", "tiny:solo"]), capsys.readouterr().out) == (0, one)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("report", "nobody"), "no experiment 'nobody'; there are tiny"),
        (("report", "tiny", "--baseline", "x"), "no results of line-up 'x'; there are: crew, solo"),
        (("report", "tiny", "--md", "/nowhere/a.md"), "'/nowhere/a.md' cannot be written"),
        (("report", "tiny", "--parquet", "/nowhere/a"), "'/nowhere/a' cannot be written"),
        (("report", "tiny", "--into", "/dev/null/a"), "'/dev/null/a' cannot be a folder"),
        (("compare", "tiny", "crew"), "names no two line-ups; say NAME BASELINE OTHER, or NAME:BASELINE NAME:OTHER"),
        (("compare", "tiny", "crew", "x"), "experiment 'tiny' has no line-up 'x'"),
    ],
)
def test_what_is_wrong_is_one_line(
    tiny: Report, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    code = main(["experiment", *words])
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1) and why in said.err


def test_without_the_extra_it_says_what_to_install(environment: dict[str, str], tmp_path: Path) -> None:
    """Running experiments does without; a fresh process, which has loaded nothing of it yet."""
    (tmp_path / "scipy.py").write_text("raise ModuleNotFoundError('No module', name='scipy')\n")
    command = (sys.executable, "-m", "slipway", "experiment", "report", "tiny")
    done = subprocess.run(
        command, env={**environment, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        78, "slipway: reports take scipy, which is not installed: pip install 'slipway[experiments]'\n",
    )  # fmt: skip
