from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from ..config import load_settings
from ..state import RunRecord, RunStore, open_redis
from .execution import execute
from .progress import money


def main(arguments: argparse.Namespace) -> int:
    """`slipway runs`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        folders = settings.folders
        async with open_redis(
            settings.redis.url, data_dir=folders.state / "redis", runtime_dir=folders.runtime
        ) as redis:
            runs = RunStore(redis)
            records = await runs.newest(arguments.limit)
            costs = {r.id: o.usage.cost_usd for r in records if (o := await runs.outcome(r.id))}
        if arguments.json:
            for record in records:
                print(record.model_dump_json())
        elif not records:
            print("no runs yet; start one with `slipway demo`", file=sys.stderr)
        else:
            Console(highlight=False, soft_wrap=True).print(_table(records, costs))
        return 0

    return execute(command)


def _table(records: list[RunRecord], costs: dict[str, float | None]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("RUN", "STATUS", "STARTED", "COST", "PROJECT", "REQUEST"):
        table.add_column(heading, no_wrap=True)
    for record in records:
        cost = money(costs[record.id]) if record.id in costs else ""
        request = " ".join(record.request.split())
        shown = request if len(request) <= 60 else request[:59] + "…"
        table.add_row(record.id, record.status, f"{record.created:%Y-%m-%d %H:%M}", cost, record.project, shown)
    return table
