from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ..config import UnknownSuite
from ..config.task import Suite
from ..config.tasking import suite_names
from ..models.endpoints import Endpoint, Label, serve_forever
from ..models.simulated import TIERS, check_model
from ..models.simulated.player import SimulatedDeveloper
from ..models.simulated.playing import suite_of
from ..models.simulated.straining import Strained
from .execution import execute

OPTIONS = ("suite", "latency", "jitter", "pace", "faults")


def main(arguments: argparse.Namespace) -> int:
    """`slipway simulate`."""

    async def command() -> int:
        defaults = check_model(f"{TIERS[0]}?{_query(arguments)}")
        log = Path(arguments.log) if arguments.log else None
        player = Strained(SimulatedDeveloper(_finding(defaults.suite)), defaults)
        label = Label("simulated", TIERS, f"tiers {', '.join(TIERS)}")
        serve_forever(Endpoint(player, label, host=arguments.host, port=arguments.port, log=log))
        return 0

    return execute(command)


def _finding(own: str) -> Callable[[str], Suite]:
    """Finds the suite `own` and the shipped ones: whoever asks the server is not to have it read other folders."""

    def find(name: str) -> Suite:
        if name not in (own, *suite_names()):
            raise UnknownSuite(
                f"unknown suite {name!r}: it is neither one of {', '.join(suite_names())} nor what this server was "
                "started with, which is meant where a model names none; name one of these"
            )
        return suite_of(name)

    return find


def _query(arguments: argparse.Namespace) -> str:
    """The options that were given, as a model's name has them."""
    given = {name: getattr(arguments, name) for name in OPTIONS}
    return "&".join(f"{name}={quote(value)}" for name, value in given.items() if value is not None)
