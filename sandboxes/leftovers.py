"""What sandboxes there are on the machine, whoever made them, and the end of those that a caller knows to be nobody's.

First of all nothing is left: a sandbox ends with the process that opened it, by bubblewrap as by Docker. This is the
second line, for a container whose Engine was cut off or restarted at the wrong moment. Sandboxes by bubblewrap have
none: the kernel ends them with the process namespace of their keeper.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ..config import SandboxSettings
from .base import SandboxUnavailable

if TYPE_CHECKING:
    from .docker import Engine, Left


class Containers:
    """The sandboxes of one Docker Engine; of none where there is no Engine."""

    def __init__(self, engine: Engine | None, found: Sequence[Left]) -> None:
        self._engine = engine
        self.found = found
        """The oldest first."""

    async def remove(self, container: Left) -> None:
        """End it and wait until it is gone. The caller knows that nobody owns it: its age alone says nothing."""
        from . import docker  # loaded by now

        assert self._engine is not None
        await docker.remove(self._engine, container.id)


@asynccontextmanager
async def containers(settings: SandboxSettings) -> AsyncGenerator[Containers]:
    """The containers of the Engine that `settings` lead to; none where there is none here.

    SandboxUnavailable where one is named and does not answer: nobody has looked.
    """
    if settings.backend == "bubblewrap":
        yield Containers(None, ())
        return
    from . import docker  # a fifth of a second, which other commands need not wait for

    try:
        engine = await docker.connect(settings.docker_host, certificates=settings.docker_certificates)
    except SandboxUnavailable:
        if settings.backend == "docker" or settings.docker_host is not None:
            raise
        yield Containers(None, ())
        return
    try:
        yield Containers(engine, await docker.listed(engine))
    finally:
        await engine.close()
