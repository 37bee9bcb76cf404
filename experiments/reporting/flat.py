"""Cells as rows, for whoever goes on with them: one row a cell, the same columns in every format.

What is not known, or did not happen, is missing: empty in CSV, null in Parquet. Stages, roles and kinds of gate misses
have columns of their own, as many as there are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pyarrow import parquet

from ...state.records import Usage
from ...state.text import visible
from ..base import Result
from .cells import delivered

Value = str | int | float | bool | datetime | None
Kind = Literal["text", "count", "amount", "flag", "time"]

_KINDS: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "count": pa.int64(),
    "amount": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
}
_FORMULAS = ("=", "+", "-", "@")
"""What makes a formula of a text in a spreadsheet that begins with it."""


def rows(results: Iterable[Result]) -> tuple[dict[str, Kind], list[dict[str, Value]]]:
    """The columns with what they hold, and the rows, by line-up, task, seed and repeat."""
    found = sorted(results, key=lambda r: (r.cell.lineup, r.cell.task, r.cell.seed, r.cell.repeat, r.cell.key))
    columns = dict(_FIXED)
    made = [_row(result) for result in found]
    extra = [_parts(result) for result in found]
    for part in extra:
        columns |= {name: kind for name, (kind, _) in part.items()}
    fixed = list(_FIXED)
    order = fixed + sorted(columns.keys() - set(fixed))
    for row, part in zip(made, extra, strict=True):
        row |= {name: value for name, (_, value) in part.items()}
    return {name: columns[name] for name in order}, [{name: row.get(name) for name in order} for row in made]


def write_csv(results: Iterable[Result], file: str | Path) -> None:
    """One row a cell, under a row of names. OSError."""
    columns, found = rows(results)
    with Path(file).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _said(value) for name, value in row.items()} for row in found)


def write_parquet(results: Iterable[Result], file: str | Path) -> None:
    """The same rows. OSError."""
    columns, found = rows(results)
    schema = pa.schema([(name, _KINDS[kind]) for name, kind in columns.items()])
    parquet.write_table(pa.Table.from_pylist(found, schema=schema), str(file))


def _said(value: Value) -> Value:
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat()
        case _:
            return value


_FIXED: dict[str, Kind] = {
    "lineup": "text", "lineup_digest": "text", "task": "text", "task_digest": "text", "family": "text",
    "seed": "count", "repeat": "count", "terms": "text", "key": "text", "finished": "time",
    "succeeded": "flag", "accepted": "flag", "delivered": "flag", "error": "text",
    "requests": "count", "made": "count", "status": "text", "reason": "text", "runs": "text",
    "cost_usd": "amount", "spent_usd": "amount", "cancelled_usd": "amount", "calls": "count",
    "input_tokens": "count", "cached_tokens": "count", "output_tokens": "count",
    "seconds": "amount", "model_seconds": "amount", "waiting_seconds": "amount",
    "repairs": "count", "asked_twice": "count", "questions": "count", "problems": "count", "misses": "count",
}  # fmt: skip


def _row(result: Result) -> dict[str, Value]:
    """The fixed columns; what a cell with an error took is known in part alone, and so not told."""
    told: dict[str, Value] = {
        **result.cell.model_dump(),
        "key": result.cell.key,
        "finished": result.finished,
        "error": _text(result.error),
        "requests": result.requests,
        "made": len(result.steps),
        "runs": " ".join(step.run for step in result.steps) or None,
    }
    return told if result.error else told | _outcome(result) | _amounts(result)


def _outcome(result: Result) -> dict[str, Value]:
    last = result.steps[-1] if result.steps else None
    return {
        "succeeded": result.succeeded,
        "accepted": result.accepted,
        "delivered": delivered(result),
        "status": last.status if last else None,
        "reason": _text(last.reason) if last else None,
        "repairs": sum(step.repairs for step in result.steps),
        "asked_twice": sum(step.asked_twice for step in result.steps),
        "questions": sum(len(step.questions) for step in result.steps),
        "problems": sum(len(step.problems) for step in result.steps),
        "misses": sum(sum(roles.values()) for roles in result.misses.values()),
    }


def _amounts(result: Result) -> dict[str, Value]:
    return {
        **_usage(result.usage),
        "spent_usd": result.spent_usd,
        "cancelled_usd": result.cancelled_usd,
        "seconds": float(result.seconds),
        "model_seconds": result.usage.model_seconds,
        "waiting_seconds": result.usage.waiting_seconds,
    }


def _usage(usage: Usage) -> dict[str, Value]:
    return {
        "cost_usd": usage.cost_usd,
        "calls": usage.calls,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
    }


def _parts(result: Result) -> dict[str, tuple[Kind, Value]]:
    """Columns that depend on what there was: `role.coder.cost_usd`, `stage.fix.seconds`, `miss.source.fixer`."""
    made: dict[str, tuple[Kind, Value]] = {}
    if result.error:
        return made
    for what, parts in (("role", result.by_role), ("stage", result.by_stage)):
        for name, usage in parts.items():
            made |= {f"{what}.{name}.{of}": (_FIXED[of], value) for of, value in _usage(usage).items()}
    for stage, took in _stage_seconds(result).items():
        made[f"stage.{stage}.seconds"] = "amount", took
    for kind, roles in result.misses.items():
        made |= {f"miss.{kind}.{role}": ("count", count) for role, count in roles.items()}
    return made


def _stage_seconds(result: Result) -> dict[str, float]:
    names: Sequence[str] = [stage for step in result.steps for stage in step.stage_seconds]
    return {name: sum(step.stage_seconds.get(name, 0.0) for step in result.steps) for name in names}


def _text(text: str) -> str | None:
    """What others wrote, which no spreadsheet takes for a formula; None where there is nothing."""
    shown = visible(text)
    return (f"'{shown}" if shown.startswith(_FORMULAS) else shown) or None
