"""Whoever goes on in a notebook gets the same cells in both formats, and no invented zero."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from pyarrow import parquet

from slipway.experiments.reporting import write_csv, write_parquet

from .making import NOW, broken, cell, made, small, step, used


def _read(file: Path) -> list[dict[str, Any]]:
    return parquet.read_table(str(file)).to_pylist()


def test_a_cell_is_a_row_in_both(tmp_path: Path) -> None:
    write_parquet(small(), tmp_path / "a.parquet")
    write_csv(reversed(small()), tmp_path / "a.csv")
    rows = _read(tmp_path / "a.parquet")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        texts = list(csv.DictReader(stream))
    assert list(texts[0]) == list(rows[0])
    assert [[_text(value) for value in row.values()] for row in rows] == [list(text.values()) for text in texts]
    second = rows[1]
    assert second["key"] == small()[1].cell.key and second["finished"] == NOW
    told = {name: second[name] for name in (
        "lineup", "task", "family", "seed", "succeeded", "accepted", "delivered", "status", "cost_usd", "input_tokens",
        "output_tokens", "repairs", "problems", "misses", "role.coder.cost_usd", "stage.check.seconds",
        "miss.source.fixer",
    )}  # fmt: skip
    assert told == {
        "lineup": "crew", "task": "t1", "family": "new", "seed": 2, "succeeded": False, "accepted": True,
        "delivered": False, "status": "gave_up", "cost_usd": 0.5, "input_tokens": 900, "output_tokens": 100,
        "repairs": 3, "problems": 2, "misses": 3, "role.coder.cost_usd": 0.3, "stage.check.seconds": 4.0,
        "miss.source.fixer": 2,
    }  # fmt: skip


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case _:
            return value.isoformat()


def test_what_is_not_known_is_missing(tmp_path: Path) -> None:
    unpriced = made(cell("a"), step(usage=used(10, None)))
    write_parquet([unpriced, broken(cell("b"), "=cmd()\x1b[31m")], tmp_path / "a.parquet")
    first, second = _read(tmp_path / "a.parquet")
    assert (first["cost_usd"], first["error"], first["role.coder.cost_usd"]) == (None, None, None)
    names = ("succeeded", "accepted", "delivered", "status", "runs", "role.coder.input_tokens")
    assert [second[name] for name in names] == [None] * len(names)
    assert second["error"] == "'=cmd()[31m", "no spreadsheet may take it for a formula"


def test_of_nothing_there_is_a_table_without_rows(tmp_path: Path) -> None:
    write_parquet([], tmp_path / "a.parquet")
    assert _read(tmp_path / "a.parquet") == []
