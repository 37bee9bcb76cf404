from __future__ import annotations

import argparse

from ..config import Settings, UsageError, load_settings
from ..graphs import resuming
from ..state import ENDED, RunStore, open_state
from .build import limits_in, shown
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway resume`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        run = await _chosen(arguments, settings)
        passage = resuming(run, **limits_in(arguments), settings=settings)
        return await shown(passage, as_json=arguments.json, settings=settings, limits=limits_in(arguments))

    return execute(command)


async def _chosen(arguments: argparse.Namespace, settings: Settings) -> str:
    if bool(arguments.run) == arguments.last:
        raise UsageError("name the run to resume, or say --last; `slipway runs` lists them")
    if arguments.run:
        return str(arguments.run)
    async with open_state(settings) as redis:
        for record in await RunStore(redis).newest(200):
            if record.status not in ENDED and not record.adopted:
                return record.id
    raise UsageError("there is no run to resume: all have ended; `slipway runs` lists them")
