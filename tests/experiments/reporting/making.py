"""Results made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from slipway.config.task import Family
from slipway.experiments import Cell, RequestResult, Result
from slipway.state.records import Problem, Status, Usage

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def cell(lineup: str, task: str = "t1", family: Family = "new", seed: int = 0, **other: Any) -> Cell:
    digests = {"lineup_digest": f"l-{lineup}", "task_digest": f"d-{task}", "terms": "x"}
    return Cell(**{"lineup": lineup, "task": task, "family": family, "seed": seed, "repeat": 1, **digests, **other})


def used(tokens: int, cost: float | None = 0.0, seconds: float = 0.0) -> Usage:
    """A tenth of the tokens are out."""
    out = tokens // 10
    return Usage(calls=1, input_tokens=tokens - out, output_tokens=out, cost_usd=cost, model_seconds=seconds)


def step(status: Status = "delivered", accepted: bool = True, **other: Any) -> RequestResult:
    usage = other.get("usage", Usage())
    given = {"by_role": {"coder": usage}, "by_stage": {"code": usage}, "spent_usd": usage.cost_usd or 0.0}
    return RequestResult(**{"run": "r", "status": status, "accepted": accepted, **given, **other})


def made(of: Cell, *steps: RequestResult, requests: int = 1) -> Result:
    return Result(cell=of, requests=requests, steps=steps, finished=NOW)


def broken(of: Cell, error: str = "no model") -> Result:
    return Result(cell=of, requests=1, error=error, finished=NOW)


def small() -> Sequence[Result]:
    """Two line-ups on two tasks, twice each; a cell of the second could not be done."""
    full = {
        "usage": used(1000, 0.5, 4.0),
        "by_role": {"coder": used(600, 0.3, 3.0), "fixer": used(400, 0.2, 1.0)},
        "by_stage": {"code": used(600, 0.3), "fix": used(400, 0.2)},
        "stage_seconds": {"code": 5.0, "check": 4.0, "fix": 1.0},
        "seconds": 10.0,
    }
    failed = {
        "repairs": 3,
        "misses": {"source": {"fixer": 2, "coder": 1}},
        "problems": (Problem(kind="missing_fact", text="which port?"), Problem(kind="other", text="It is odd.")),
    }
    cheap = {"usage": used(500, 0.25), "seconds": 5.0, "stage_seconds": {"code": 5.0}}
    return [
        made(cell("crew", "t1", "new", 1), step(**full)),
        made(cell("crew", "t1", "new", 2), step("gave_up", accepted=True, **full, **failed)),
        made(cell("crew", "t2", "change", 1), step(**full, questions=("Which?",))),
        made(cell("crew", "t2", "change", 2), step(**full)),
        made(cell("solo", "t1", "new", 1), step(accepted=False, **cheap)),
        made(cell("solo", "t1", "new", 2), step("failed", accepted=False, **cheap)),
        made(cell("solo", "t2", "change", 1), step(**cheap)),
        broken(cell("solo", "t2", "change", 2)),
    ]
