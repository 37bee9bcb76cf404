from __future__ import annotations

import argparse

from ..config import load_settings
from ..graphs import forking
from .build import print_result
from .execution import execute, exit_code, watch
from .progress import open_progress


def main(arguments: argparse.Namespace) -> int:
    """`slipway fork`."""

    async def command() -> int:
        async with forking(
            arguments.run,
            at=arguments.at,
            lineup=arguments.lineup,
            into=arguments.into,
            max_cost=arguments.max_cost,
            timeout=arguments.timeout,
            settings=load_settings(arguments.set),
        ) as passage:
            outcome = await watch(passage, open_progress(as_json=arguments.json))
        print_result(outcome, as_json=arguments.json)
        return exit_code(outcome)

    return execute(command)
