from __future__ import annotations

import argparse

from ..config import load_settings
from ..graphs import forking
from .build import limits_in, shown
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway fork`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        passage = forking(
            arguments.run,
            at=arguments.at,
            lineup=arguments.lineup,
            into=arguments.into,
            **limits_in(arguments),
            settings=settings,
        )
        return await shown(passage, as_json=arguments.json, settings=settings, limits=limits_in(arguments))

    return execute(command)
