from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import quote

from ..models.endpoints import serve_forever
from ..models.simulated import TIERS, check_model, serving
from .execution import execute

OPTIONS = ("suite", "latency", "jitter", "pace", "faults")


def main(arguments: argparse.Namespace) -> int:
    """`slipway simulate`."""

    async def command() -> int:
        defaults = check_model(f"{TIERS[0]}?{_query(arguments)}")
        log = Path(arguments.log) if arguments.log else None
        serve_forever(serving(defaults, host=arguments.host, port=arguments.port, log=log))
        return 0

    return execute(command)


def _query(arguments: argparse.Namespace) -> str:
    """The options that were given, as a model's name has them."""
    given = {name: getattr(arguments, name) for name in OPTIONS}
    return "&".join(f"{name}={quote(value)}" for name, value in given.items() if value is not None)
