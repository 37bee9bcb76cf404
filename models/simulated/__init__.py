"""The simulated developer: an endpoint that can do a thing only where the prompt holds the facts that it needs."""

from __future__ import annotations

from .options import TIERS, Options, read_options

__all__ = ["TIERS", "Options", "read_options"]
