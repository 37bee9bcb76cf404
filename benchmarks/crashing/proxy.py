"""Stands between a run and its server, knows every command, and kills one of them at an exact moment.

One thread passes everything on, so "before" and "after" mean what they say: when the moment has come, nothing more is
passed on in either direction, on any connection.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .commands import Command, understand
from .moments import Moment
from .resp import Splitter, text, words

_CHUNK = 1 << 16


@dataclass(eq=False)
class Exchange:
    """One write of a run: when it came, whether the server did it, and whether the client was told."""

    command: Command
    at: float
    """Seconds since the proxy was started."""
    steps: tuple[str, ...]
    """The steps under way when it came, by the events so far."""
    reply: bytes | None = None
    told: bool = False

    @property
    def done(self) -> bool:
        """The server did it."""
        return self.reply is not None and not self.reply.startswith(b"-")

    @property
    def answer(self) -> str:
        """What the server said."""
        return text(self.reply or b"")


@dataclass(eq=False)
class _Connection:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    waiting: deque[Exchange | None] = field(default_factory=deque)
    """Commands without a reply; None for one that only reads."""


class Proxy:
    """Listens at `path` for a run and hands on to the server at `server`."""

    def __init__(self, path: Path, server: Path) -> None:
        self.path = path
        self.writes: list[Exchange] = []
        """Every write, in the order in which they came."""
        self.struck = asyncio.Event()
        """Set once the moment has come and the kill was sent."""
        self._server = server
        self.moment: Moment | None = None
        """The one that is waited for."""
        self._kill: Callable[[], None] = lambda: None
        self._seen = 0
        self._steps: list[str] = []
        self._scripts: set[str] = set()
        self._halted = False
        self._connections: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._started = time.monotonic()

    async def start(self) -> None:
        """Listen."""
        self._listener = await asyncio.start_unix_server(self._accept, self.path)

    async def close(self) -> None:
        """Let go of everything."""
        if self._listener:
            self._listener.close()
        await self.drop()

    def arm(self, moment: Moment | None, kill: Callable[[], None]) -> None:
        """Call `kill` once at `moment`, counted from here."""
        self.moment, self._kill, self._seen = moment, kill, 0
        self.struck.clear()

    async def settled(self) -> None:
        """Return when the server has answered every write that was handed on."""
        while any(exchange for connection in self._connections for exchange in connection.waiting):
            await asyncio.sleep(0.001)

    async def drop(self) -> None:
        """Close every connection, as a server does that dies."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- passing on ---

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # either end has gone
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._halted:
            return
        answers, commands = await asyncio.open_unix_connection(self._server)
        connection = _Connection(writer, commands)
        self._connections.add(connection)
        back = asyncio.create_task(self._answer(answers, connection))
        try:
            await self._command(reader, connection)
            # The client has gone; what was handed on is done all the same.
            while any(connection.waiting) and not back.done():
                await asyncio.sleep(0.001)
        finally:
            commands.transport.abort()  # first: the wait may be cancelled
            self._connections.discard(connection)
            back.cancel()
            await asyncio.gather(back, return_exceptions=True)

    async def _command(self, reader: asyncio.StreamReader, connection: _Connection) -> None:
        splitter = Splitter()
        while data := await reader.read(_CHUNK):
            for message in splitter.feed(data):
                command = understand(words(message))
                exchange = self._exchange(command)
                if exchange and self._takes(command):
                    if self._is_moment("before", command):
                        self._strike(self.moment)
                    self.writes.append(exchange)
                if self._halted:
                    return
                connection.waiting.append(exchange)
                connection.server.write(message)

    def _exchange(self, command: Command) -> Exchange | None:
        if not command.kind:
            return None
        return Exchange(command, time.monotonic() - self._started, tuple(self._steps))

    def _takes(self, command: Command) -> bool:
        """Whether the server will know the script; where it does not, the command comes again."""
        return not command.by_digest or command.script in self._scripts

    async def _answer(self, answers: asyncio.StreamReader, connection: _Connection) -> None:
        splitter = Splitter()
        while data := await answers.read(_CHUNK):
            for message in splitter.feed(data):
                exchange = connection.waiting.popleft()
                if exchange:
                    self._done(exchange, message)
                if self._halted:
                    continue
                connection.client.write(message)
                if exchange:
                    exchange.told = True
                    self._later(exchange)
        connection.client.transport.abort()  # the server has gone

    def _done(self, exchange: Exchange, reply: bytes) -> None:
        exchange.reply = reply
        if not exchange.done:
            return
        if exchange.command.script not in self._scripts:
            self._scripts.add(exchange.command.script)
            if exchange.command.by_digest:
                self.writes.append(exchange)
        self._follow(exchange.command)
        if self._is_moment("after", exchange.command):
            self._strike(self.moment)

    def _follow(self, command: Command) -> None:
        if command.kind != "event":
            return
        kind, _, step = command.label.partition(" ")
        if kind == "stage_started":
            self._steps.append(step)
        elif kind == "stage_finished" and step in self._steps:
            self._steps.remove(step)

    # --- the moment ---

    def _is_moment(self, phase: str, command: Command) -> bool:
        moment = self.moment
        if self._halted or moment is None or moment.phase != phase or not moment.names(command):
            return False
        self._seen += 1
        return self._seen == moment.occurrence

    def _later(self, exchange: Exchange) -> None:
        moment = self.moment
        if moment and exchange.done and self._is_moment("later", exchange.command):
            asyncio.get_running_loop().call_later(moment.delay, self._strike, moment)

    def _strike(self, moment: Moment | None) -> None:
        if not self._halted and moment and moment is self.moment:
            self._halted = True
            self.moment = None
            self._kill()
            self.struck.set()

    def resume(self, *, anew: bool) -> None:
        """Pass on again, to the same server or to one that was started `anew`, which knows no scripts."""
        if anew:
            self._scripts.clear()
        self._halted = False
