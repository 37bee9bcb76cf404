"""Ports for servers that must be told one: chosen, and then nobody else's until they take it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_port() -> Iterator[int]:
    """A port of loopback that the system gives to nobody while the block runs.

    It is bound and not listened on, so whoever sets SO_REUSEADDR, as servers do, can listen there.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]
