"""The server as a thing that is started and stopped: beside other work, or as a process of its own."""

from __future__ import annotations

import asyncio
import http.client
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ...config import ConfigurationError
from .base import Player
from .log import RequestLog
from .server import ChatServer, Label

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class EndpointError(ConfigurationError):
    """The endpoint cannot be started; the message names the address and the next step."""


class Endpoint:
    """A player behind real HTTP, from `__enter__` until `__exit__`, served from a thread.

    `with` yields once it answers, and leaves nothing running. Port 0 takes a free one; `log` is a file that gets JSON
    lines for each request. EndpointError where the port is taken or the log cannot be opened.
    """

    def __init__(
        self, player: Player, label: Label, *, host: str = "127.0.0.1", port: int = 0, log: Path | None = None
    ) -> None:
        self.label = label
        self._player = player
        self._host = host
        self._port = port
        self._log = log
        self._open = ExitStack()

    @property
    def port(self) -> int:
        """The port; a free one was chosen where 0 was asked for."""
        return self._port

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL: `http://127.0.0.1:PORT/v1`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/v1"

    def __enter__(self) -> Endpoint:
        with ExitStack() as stack:
            listener = stack.enter_context(_listen(self._host, self._port))
            self._port = listener.getsockname()[1]
            log = stack.enter_context(_open_log(self._log))
            server = ChatServer(self._player, self.label, log)
            stack.enter_context(_running(server, listener, f"slipway-{self.label.kind}"))
            self._probe()
            self._open = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._open.close()

    def _probe(self) -> None:
        """Return when the endpoint answers. The socket listens already, so that one request waits for the server."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=10)
        try:
            connection.request("GET", "/v1/models")
            connection.getresponse().read()
        except OSError as error:
            raise EndpointError(
                f"the {self.label.kind} endpoint at {self.base_url} does not answer: {error}"
            ) from error
        finally:
            connection.close()


def announce(endpoint: Endpoint) -> None:
    """Print where the endpoint is."""
    label = endpoint.label
    print(f"{label.kind} model endpoint ({label.detail}, no real model): {endpoint.base_url}", flush=True)


def serve_forever(endpoint: Endpoint, ready: Callable[[Endpoint], None] = announce) -> None:
    """Serve until SIGINT or SIGTERM, then return; `ready` is called once it answers.

    For a process of its own: call it in the main thread, before any other is started. EndpointError.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # the server's thread inherits the mask
    try:
        with endpoint:
            ready(endpoint)
            signal.sigwait(_SIGNALS)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only where it is; without, every reply takes 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        raise EndpointError(f"cannot listen on {host} port {port}: {error}; choose another port, or 0") from error


def _open_log(path: Path | None) -> RequestLog:
    try:
        return RequestLog(path)
    except OSError as error:
        raise EndpointError(f"cannot write the log {str(path)!r}: {error.strerror}") from error


class _Connection(H11Protocol):
    """Gives an application the means to cut its connection, as `request.state.cut`; ASGI has no word for it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "cut": transport.abort}


@contextmanager
def _running(server: ChatServer, listener: socket.socket, name: str) -> Generator[None]:
    config = uvicorn.Config(
        server.app(),
        http=_Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=600,  # longer than any tool runs: a client that reuses its connection finds it open
        timeout_graceful_shutdown=1,
    )
    process = uvicorn.Server(config)
    runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
    loop = runner.get_loop()
    thread = threading.Thread(target=_run, args=(runner, process, listener), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        process.should_exit = True
        if thread.is_alive():
            loop.call_soon_threadsafe(server.stop)
        thread.join()


def _run(runner: asyncio.Runner, process: uvicorn.Server, listener: socket.socket) -> None:
    with runner:
        runner.run(process.serve(sockets=[listener]))
