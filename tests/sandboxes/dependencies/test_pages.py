"""A registry that is away for a moment, as in any network, costs nobody what was under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from slipway.sandboxes import SandboxUnavailable
from slipway.sandboxes.dependencies.pages import Page, Pages

GONE = 0
"""In the place of a status: hangs up without an answer."""


@contextmanager
def _registry(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """Its address, and what was asked for; it answers with one status after the other, the last for good."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status = statuses[min(len(asked), len(statuses)) - 1]
            if status == GONE:
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            serving.join()


@pytest.mark.parametrize("first", [[], [503], [GONE], [429, GONE]])
async def test_what_is_away_for_a_moment_is_asked_again(first: list[int]) -> None:
    with _registry(*first, 200) as (address, asked):
        page = await Pages(None).fetch(f"{address}/left-pad", accept="application/json")
    assert page == Page(f"{address}/left-pad", "application/json", b"{}")
    assert len(asked) == len(first) + 1


@pytest.mark.parametrize(
    ("status", "asked_for", "message"),
    [(503, 3, "answered 503"), (403, 1, "answered 403"), (GONE, 3, "cannot be reached")],
)
async def test_what_stays_away_is_told(status: int, asked_for: int, message: str) -> None:
    """What asking again cannot change is told at once."""
    with _registry(status) as (address, asked), pytest.raises(SandboxUnavailable, match=message):
        await Pages(None).fetch(f"{address}/left-pad", accept="application/json")
    assert len(asked) == asked_for


async def test_what_is_not_there_is_no_failure() -> None:
    with _registry(404) as (address, asked):
        assert await Pages(None).fetch(f"{address}/left-pad", accept="application/json") is None
    assert len(asked) == 1
