"""People read how an experiment stands before they spend more on it; programs read the same from JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from slipway.cli.experiment import facts, lines
from slipway.config import load_lineup
from slipway.experiments import Cell, Experiment, Report, RequestResult, Result, Spec
from slipway.state.records import Status, Usage

from ..experiments.suites import write_spec, write_suite, write_task
from .conftest import Slipway

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def _cell(lineup: str, seed: int) -> Cell:
    digests = {"lineup_digest": "l", "task_digest": "t", "terms": "x"}
    return Cell(lineup=lineup, task="money", family="new", seed=seed, repeat=1, **digests)


def _result(cell: Cell, status: Status, accepted: bool) -> Result:
    step = RequestResult(run=f"r-{cell.lineup}", status=status, accepted=accepted, usage=Usage(calls=1), spent_usd=0.5)
    return Result(cell=cell, requests=1, steps=(step,), finished=NOW)


def _report() -> Report:
    cells = tuple(_cell(lineup, seed) for seed in (1, 2) for lineup in ("a", "b"))
    spec = Spec(name="tiny", suite="core", lineups={"a": "demo", "b": "demo"}, budget_usd=3)
    lineups = dict.fromkeys(("a", "b"), load_lineup("demo"))
    experiment = Experiment(spec=spec, suite="core", lineups=lineups, cells=cells, created=NOW)
    failed = Result(cell=cells[2], requests=1, error="the model cannot\nbe reached", finished=NOW)
    results = (_result(cells[0], "delivered", True), _result(cells[1], "delivered", False), failed)
    return Report(experiment, "over_budget", results, 2, {"b money seed 2": "r-4"}, 1.25, None)


def test_how_it_stands() -> None:
    assert lines(_report()) == [
        "over_budget: experiment tiny, 2 of 4 cells done, 1 succeeded, $1.2500",
        "  a: 1 of 1 succeeded",
        "  b: 0 of 1 succeeded",
        "  under way: b money seed 2, run r-4",
        "1 cell could not be done; try again: slipway experiment resume tiny",
        "  a money seed 2: error: the model cannot be reached",
        "2 results of cells that the spec no longer has: left out",
        "no more cells fit into its budget; raise it: slipway experiment resume tiny --budget USD",
    ]
    assert facts(_report()) == {
        "name": "tiny", "status": "over_budget", "holder": None, "cells": 4, "done": 2, "succeeded": 1, "errors": 1,
        "missing": 1, "under_way": {"b money seed 2": "r-4"}, "left_out": 2, "spent_usd": 1.25, "budget_usd": 3.0,
        "lineups": {"a": {"done": 1, "succeeded": 1}, "b": {"done": 1, "succeeded": 0}},
    }  # fmt: skip


def test_what_is_wrong_is_said_in_one_line_and_nothing_begins(slipway: Slipway, tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    write_suite(suite, write_task(suite, "money"))
    spec = str(write_spec(tmp_path, {"x": "nobody"}))
    done = slipway("experiment", "run", spec)
    assert (done.returncode, done.stderr.count("\n")) == (78, 1) and "unknown line-up 'nobody'" in done.stderr
    assert slipway("experiment", "status").stderr.startswith("there are no experiments")
    for action in ("resume", "status", "remove"):
        done = slipway("experiment", action, "tiny")
        assert (done.returncode, done.stderr) == (
            2, "slipway: no experiment 'tiny'; there are none; begin one: slipway experiment run SPEC\n",
        )  # fmt: skip


def test_status_lists_what_there_is_and_remove_forgets_it(slipway: Slipway, tmp_path: Path) -> None:
    """With a budget that no cell fits into, nothing is spent."""
    suite = tmp_path / "suite"
    write_suite(suite, write_task(suite, "money"))
    spec = str(write_spec(tmp_path, {"x": "demo"}, limits={"max_cost": 2}))
    done = slipway("experiment", "run", spec, "--budget", "1")
    assert (done.returncode, done.stdout) == (3, "\n".join([
        "over_budget: experiment tiny, 0 of 1 cell done, 0 succeeded, $0.0000",
        "  x: 0 of 0 succeeded",
        "no more cells fit into its budget; raise it: slipway experiment resume tiny --budget USD", "",
    ])), done.stderr  # fmt: skip
    assert slipway("experiment", "status").stdout == done.stdout
    assert json.loads(slipway("experiment", "status", "--json").stdout)["budget_usd"] == 1
    assert slipway("runs", "--json").stdout == ""
    done = slipway("experiment", "remove", "tiny")
    assert (done.returncode, done.stdout) == (0, "removed: experiment tiny and its results; it had no runs\n")
    assert slipway("experiment", "status").stdout == ""
