from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .containers import remove_now
from .engines import Engine

LABEL, RUN_LABEL, OPENER_LABEL = "slipway", "slipway.run", "slipway.opener"
SANDBOX = "sandbox"
"""The value of `LABEL` on a sandbox's container."""


@dataclass(frozen=True)
class Left:
    """A sandbox of this Engine, ours or another process's; whether anybody still owns it is not known here."""

    id: str
    run: str
    """The run that it was opened for; "" where none was said."""
    opener: str
    """The process that opened it, as `slipway.state.this_process` names it; "" where that is not told."""
    state: str
    """`running`, `created`, ... as the Engine names it."""
    age: float
    """Seconds since it was made."""


async def listed(engine: Engine) -> Sequence[Left]:
    """Every sandbox of this Engine, running or not, the oldest first."""
    found: list[dict[str, Any]] = await engine.ask(
        engine.api.containers, all=True, filters={"label": f"{LABEL}={SANDBOX}"}
    )
    now = time.time() + engine.facts.skew
    left = [
        Left(
            each["Id"],
            each["Labels"].get(RUN_LABEL, ""),
            each["Labels"].get(OPENER_LABEL, ""),
            each["State"],
            max(0.0, now - each["Created"]),
        )
        for each in found
    ]
    return sorted(left, key=lambda one: -one.age)


async def remove(engine: Engine, id: str) -> None:
    """End the sandbox `id` and wait until it is gone; one that is gone already is no error.

    The caller knows that nobody owns it: its age alone says nothing.
    """
    await engine.ask(remove_now, engine, id)
