"""Software that is said to run is run: what does not start, or fails when it is asked, is found with its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from textwrap import dedent

import pytest

from slipway.checks import Check
from slipway.checks.running import App, Starts
from slipway.state import CheckResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

SERVER = """
import http.server, json, os, sys, time

def broken():
    return {}["nothing"]

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/broken":
            try:
                broken()
            except KeyError:
                import traceback
                traceback.print_exc()
                return self.answer(500)
        if self.path == "/reset":
            self.connection.close()
            return
        if self.path == "/ends":
            os._exit(3)
        if self.path == "/openapi.json":
            return self.answer(200, {"paths": {"/things": {"get": {}, "post": {}}, "/things/{id}": {"delete": {}}}})
        self.answer(200 if self.path in ("/", "/things") else 404)
    def do_POST(self):
        self.answer(201 if self.rfile.read(int(self.headers["Content-Length"])) == b"{}" else 500)
    def do_DELETE(self):
        self.answer(404 if self.path == "/things/1" else 500)
    def answer(self, status, body=None):
        self.send_response(status); self.end_headers()
        self.wfile.write(json.dumps(body).encode())

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
FILES = {"server.py": dedent(SERVER)}
APP = App(start="python server.py", seconds=5)


def told(result: CheckResult) -> list[tuple[str, str, str]]:
    return [(f.severity, f.message, f.place) for f in result.findings]


async def test_what_answers_passes(checked: Checked) -> None:
    """Its declared routes are asked, and those of its own document: with a body, and with something for a parameter."""
    result = await checked(Starts(APP, [("GET", "/"), ("GET", "/other/{id}")]), FILES)
    assert (result.status, told(result)) == ("passed", [])


@pytest.mark.parametrize(("routes", "found"), [
    ([("GET", "/broken")], [("error", "GET /broken answers with status 500: KeyError: 'nothing'", "server.py:5")]),
    ([("GET", "/gone")], [("error", "GET /gone is declared, and not there (status 404)", "")]),
    ([("GET", "/reset")], [("error", "GET /reset closes the connection without an answer", "")]),
    ([("PUT", "/things")], [("error", "PUT /things answers with status 501", "")]),
])  # fmt: skip
async def test_a_route_that_fails_is_named(
    checked: Checked, routes: Sequence[tuple[str, str]], found: list[tuple[str, str, str]]
) -> None:
    result = await checked(Starts(APP, routes), FILES)
    assert (result.status, told(result)) == ("failed", found)


async def test_an_end_on_the_way_is_found(checked: Checked) -> None:
    result = await checked(Starts(APP, [("GET", "/ends")]), FILES)
    messages = [f.message for f in result.findings]
    assert messages[0] == "GET /ends closes the connection without an answer"
    assert messages[-1] == "it ended with exit code 3 while it was asked"


@pytest.mark.parametrize(("program", "found"), [
    ("import gone_x", ("it ended with exit code 1: ModuleNotFoundError: No module named 'gone_x'", "a.py:1")),
    ("print('done')", ("it ended with exit code 0", "")),
    ("import time\ntime.sleep(60)", ("it was not ready within 1 s: it listens on no port", "")),
])  # fmt: skip
async def test_what_does_not_start_is_found(checked: Checked, program: str, found: tuple[str, str]) -> None:
    result = await checked(Starts(App(start="python a.py", seconds=1)), {"a.py": program})
    assert result.status == "failed"
    assert told(result) == [("error", f"the service is not there: {found[0]}", found[1])]


async def test_a_failed_build_is_told(checked: Checked) -> None:
    result = await checked(Starts(App(build="echo broken; exit 2")), {"index.html": "x"})
    assert [(f.message, f.detail) for f in result.findings] == [("the build ended with exit code 2", "broken")]


async def test_an_error_in_the_log_of_the_start_is_found(checked: Checked) -> None:
    late = "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()\n"
    result = await checked(Starts(APP), {"server.py": late + dedent(SERVER)})
    assert told(result) == [
        ("error", "an error is logged as it starts: ZeroDivisionError: division by zero", "server.py:3")
    ]


async def test_a_static_site_is_served_by_us(checked: Checked) -> None:
    """A module of the project's is not loaded in the place of our server's."""
    files = {"index.html": "<p>hello", "http/__init__.py": "raise SystemExit", "socketserver.py": "raise SystemExit"}
    result = await checked(Starts(App()), files)
    assert result.status == "passed"


def test_without_anything_to_start_it_does_not_apply() -> None:
    assert Starts(App()).inputs({}) == ()
    assert Starts(App(start="x")).inputs({}) == ()
