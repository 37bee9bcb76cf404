from __future__ import annotations

import functools
from pathlib import Path

from ...config.tasking import find_suite
from ..endpoints import Endpoint, Label, Player
from .options import TIERS, Options, read_options
from .player import SimulatedDeveloper
from .straining import Strained

suite_of = functools.cache(find_suite)
"""A suite by its name or folder, read once in a process."""


def player(defaults: Options | None = None) -> Player:
    """The simulated developer, whose options are those in a request's model name, and else `defaults`."""
    return Strained(SimulatedDeveloper(suite_of), defaults or Options())


def serving(
    defaults: Options | None = None, *, host: str = "127.0.0.1", port: int = 0, log: Path | None = None
) -> Endpoint:
    """An endpoint that plays all tiers and seeds: a request's `model` says `TIER?seed=3`."""
    label = Label("simulated", TIERS, f"tiers {', '.join(TIERS)}")
    return Endpoint(player(defaults), label, host=host, port=port, log=log)


def check_model(model: str) -> Options:
    """What `model` says. ConfigurationError where it is wrong, or its suite cannot be had here."""
    options = read_options(model)
    suite_of(options.suite)
    return options
