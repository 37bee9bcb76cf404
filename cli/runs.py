from __future__ import annotations

import argparse
import shutil
import sys

from ..config import load_settings
from ..state import RunRecord, RunStore, open_state
from ..state.text import visible
from .execution import execute
from .progress import money


def main(arguments: argparse.Namespace) -> int:
    """`slipway runs`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        async with open_state(settings) as redis:
            runs = RunStore(redis)
            records = await runs.newest(arguments.limit)
            costs = {r.id: o.usage.cost_usd for r in records if (o := await runs.outcome(r.id))}
        if arguments.json:
            for record in records:
                print(record.model_dump_json())
        elif not records:
            print("no runs yet; start one with `slipway demo`", file=sys.stderr)
        else:
            for line in _lines(records, costs):
                print(line)
        return 0

    return execute(command)


def _lines(records: list[RunRecord], costs: dict[str, float | None]) -> list[str]:
    rows = [("RUN", "STATUS", "STARTED", "COST", "PROJECT", "REQUEST")]
    for record in records:
        cost = money(costs[record.id]) if record.id in costs else ""
        request = visible(" ".join(record.request.split()))
        rows.append((record.id, record.status, f"{record.created:%Y-%m-%d %H:%M}", cost, record.project, request))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    # A pipe has no width to fit into: it gets whole lines.
    most = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    padded = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]) for row in rows
    ]
    return [line if len(line) <= most else f"{line[: most - 1]}…" for line in padded]
