from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from docker.errors import APIError, NotFound

from ..base import SandboxUnavailable
from .engines import Engine
from .streams import Attachment, attach

_ATTACH = 20.0
"""Seconds until the Engine has given a stream."""
_REMOVAL = 20
"""Seconds until it has removed a container that it is removing already."""


class Container:
    """One container, from its creation to its removal: the `Life` behind a channel."""

    def __init__(self, engine: Engine, id: str) -> None:
        self.id = id
        self._engine = engine
        self._made = time.time()
        self._stream: Attachment | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._died = False
        self._removal: asyncio.Task[str] | None = None

    @classmethod
    async def create(cls, engine: Engine, config: Mapping[str, Any]) -> Container:
        """A container that does not run yet."""
        made = await engine.ask(engine.api.create_container_from_config, dict(config))
        return cls(engine, made["Id"])

    async def run(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Attach to it, then start it: what it reads and prints from its first moment on.

        It ends by itself when the connection does, whatever became of this process.
        """
        query = "stream=1&stdin=1&stdout=1&stderr=1"
        path = f"/v{self._engine.api.api_version}/containers/{self.id}/attach?{query}"
        self._stream, self._writer = await attach(self._engine.dial, path, deadline=_ATTACH)
        async with self._engine.starting:
            await self._engine.ask(self._engine.api.start, self.id)
        return self._stream.replies, self._writer

    def kill(self) -> None:
        """Begin to end it; returns at once."""
        if self._removal is None:
            self._died = self._stream is not None and self._stream.over
            if self._writer is not None:
                self._writer.close()
            self._removal = asyncio.ensure_future(self._remove())

    async def ended(self) -> str:
        """Wait until nothing of it is left; why it ended, where it was not us who ended it."""
        self.kill()
        assert self._removal is not None
        return await asyncio.shield(self._removal)

    async def abandon(self) -> None:
        """End it, and wait for that."""
        await self.ended()

    async def _remove(self) -> str:
        try:
            await self._engine.ask(remove_now, self._engine, self.id)
            reason = await self._engine.ask(self._reason) if self._died else ""
        except SandboxUnavailable as error:
            return f"its container {self.id[:12]} may be left: {error}"
        said = self._stream.said.decode(errors="replace").strip() if self._stream is not None else ""
        return "; ".join(part for part in (reason, said) if part)

    def _reason(self) -> str:
        """Why it ended by itself, from the events that the Engine keeps for a while. Blocks."""
        skew = self._engine.facts.skew
        # The skew was measured once, and is as wrong as that answer was slow; the last event ends the wait.
        window = {"since": int(self._made + skew) - 10, "until": int(time.time() + skew) + 5}
        happened: dict[str, Any] = {}
        events = self._engine.api.events(decode=True, filters={"container": [self.id]}, **window)
        for event in events:
            happened[event["Action"]] = event["Actor"]["Attributes"]
            if event["Action"] == "destroy":
                events.close()
                break
        status = happened.get("die", {}).get("exitCode")
        if "oom" in happened:
            return "it used all the memory that the kernel gives it"
        return "" if status in (None, "0") else f"its first process ended with status {status}"


def remove_now(engine: Engine, id: str) -> None:
    """Kill the container and wait until it is gone; one that is not there is no error. Blocks."""
    try:
        engine.api.remove_container(id, force=True, v=True)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != 409:  # 409: it ended by itself and is being removed
            raise
        try:
            engine.api.wait(id, timeout=_REMOVAL, condition="removed")
        except NotFound:
            return
