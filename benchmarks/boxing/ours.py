"""The sandboxes that are measured: each backend's, with the limits that a run has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slipway.sandboxes import Limits
from slipway.sandboxes.bubblewrap import bubblewrap_launcher
from slipway.sandboxes.docker import Engine, connect, docker_launcher
from slipway.sandboxes.pool import Launcher

BACKENDS = ("bubblewrap", "docker")
LIMITS = Limits()


@dataclass(frozen=True)
class Backend:
    """A backend by its name, and what opens its sandboxes."""

    name: str
    launcher: Launcher[Any]
    engine: Engine | None = None


@asynccontextmanager
async def backend(name: str, docker_host: str | None) -> AsyncIterator[Backend]:
    """The backend `name`; SandboxUnavailable where it cannot be had."""
    if name == "bubblewrap":
        yield Backend(name, await bubblewrap_launcher(LIMITS))
        return
    engine = await connect(docker_host)
    try:
        yield Backend(name, await docker_launcher(engine, LIMITS), engine)
    finally:
        await engine.close()
