"""The simulated developer: a player that can do a thing only where the prompt holds the facts that it needs."""

from __future__ import annotations

from .counting import PlayedCall, calls_of
from .identity import identity
from .options import PREFIX, TIERS, Options, read_options
from .playing import check_model, player, serving

__all__ = [
    "PREFIX", "TIERS", "Options", "PlayedCall", "calls_of", "check_model", "identity", "player", "read_options",
    "serving",
]  # fmt: skip
