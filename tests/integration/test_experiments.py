"""Experiments decide which line-up is used: every cell is counted once, whatever happens to the process that does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slipway.config import Settings
from slipway.experiments import run_experiment

from ..experiments.suites import write_spec, write_suite, write_task
from .playing import WRONG, Play, say, write


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """One task."""
    folder = tmp_path / "suite"
    return write_suite(folder, write_task(folder, "money"))


def _lineup(play: Play, folder: Path) -> dict[str, Any]:
    return play.lineup(folder).model_dump(mode="json", exclude={"name"})


async def test_cells_are_runs_and_hidden_checks(suite: Path, tmp_path: Path, settings: Settings) -> None:
    good, bad = Play(), Play().but(coder=(write("money.py", WRONG), say("Done.")))
    spec = write_spec(tmp_path, {"good": _lineup(good, tmp_path), "bad": _lineup(bad, tmp_path)}, parallel=2)
    report = await run_experiment(spec, settings=settings)
    assert report.status == "done"
