"""A page that is faulty for people is faulty for the check: nothing that it can do by itself hides a fault from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from textwrap import dedent
from typing import Any

import pytest

from slipway.checks.running import App, Builds

Page = Callable[..., str]
Opened = Callable[..., Awaitable[Any]]

HIDES = {
    "handler": "window.onerror = () => true;\nnull.x();\n",
    "prevented": "addEventListener('error', (e) => (e.preventDefault(), e.stopImmediatePropagation()));\nx();",
    "rejected": "addEventListener('unhandledrejection', (e) => e.preventDefault());\nPromise.reject(Error('no'));\n",
    "undone": """
for (const type of [ErrorEvent, Event]) for (const name of Object.getOwnPropertyNames(type.prototype))
  try { Object.defineProperty(type.prototype, name, {get: () => { throw 1; }}); } catch {}
console.debug = Reflect.apply = Function.prototype.call = () => {};
EventTarget.prototype.addEventListener = () => {};
window.onerror = () => true;
null.x();
""",
}
PEOPLE = {
    "webdriver": "if (!navigator.webdriver) throw new Error('for people');\n",
    "agent": "if (!/Headless/.test(navigator.userAgent)) throw new Error('for people');\n",
    "brands": "if (navigator.userAgentData.brands.every((b) => !/Headless/.test(b.brand))) throw Error('people');\n",
    "screen": "if (screen.width !== innerWidth) throw new Error('for people');\n",
    "languages": "if (navigator.languages.length > 1) throw new Error('for people');\n",
}


async def test_a_page_that_nothing_links_to_is_opened(page: Page, opened: Opened) -> None:
    """The one in a folder, too; a file that is no page of its own, and what is for tests, are left alone."""
    files = {
        "index.html": page("<p>x</p>"),
        "alone.html": page('<p>x</p><script src="js/alone.js"></script>'),
        "js/alone.js": "\nmissing();\n",
        "help/index.html": page('<p>x</p><img src="../own.svg">'),
        "own.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
        "parts/head.html": "<h1>Of another page</h1>\n",
        "tests/fixtures/broken.html": page("<p>x</p><script>null.x()</script>"),
    }
    tried = await opened(files)
    assert tried.found == [("error", "axe/image-alt", "help/index.html:2"), ("error", "exception", "js/alone.js:2")]


async def test_what_a_build_makes_is_opened(page: Page, opened: Opened) -> None:
    files = {"a.html": page("<p>x</p>"), "b.html": page("<p>x</p>\n<script>missing()</script>")}
    build = "mkdir -p dist/deep && cp a.html dist/index.html && cp b.html dist/deep/b.html"
    tried = await opened(files, app=App(build=build, folder="dist"), builds=Builds())
    assert [(f.rule, f.message) for f in tried.result.findings] == [
        ("exception", "uncaught ReferenceError: missing is not defined")
    ]


async def test_more_than_may_be_opened_is_no_pass(page: Page, opened: Opened) -> None:
    """Of the project's own files nobody could tell; addresses an app can make without end, so they are a warning."""
    files = {f"{name}.html": page("<p>x</p>") for name in ("index", "a", "b", "c")}
    tried = await opened(files, pages=3)
    assert (tried.result.status, tried.result.reason) == (
        "not_run", "pages that were not opened: 1 (at most 3 are, within 150 s)",
    )  # fmt: skip
    files = {"index.html": page("".join(f'<p><a href="?of={n}">of {n}</a></p>' for n in range(5)))}
    tried = await opened(files, pages=3)
    assert (tried.result.status, tried.found) == ("passed", [("warning", "pages", "")])
    assert tried.result.findings[0].message == "3 more pages are linked, and were not opened"


@pytest.mark.parametrize("scripts", [HIDES, PEOPLE], ids=["hides", "for people"])
async def test_what_is_thrown_is_told(page: Page, opened: Opened, scripts: dict[str, str]) -> None:
    """Though the page says that it has handled it, or throws only where nobody drives the browser."""
    files = {f"{name}.html": page(f'<p>x</p><script src="{name}.js"></script>') for name in scripts}
    files |= {f"{name}.js": script for name, script in scripts.items()}
    files["index.html"] = page('<p>x</p><script src="fine.js"></script>')
    files["fine.js"] = (
        "addEventListener('error', () => 0); dispatchEvent(new ErrorEvent('error', {message: 'own'}));\n"
        "new ResizeObserver(() => { document.body.style.width = `${Math.random() * 90 + 10}px`; })"
        ".observe(document.body);\n"
    )
    tried = await opened(files)
    places = [(f.rule, f.file) for f in tried.result.findings]
    assert sorted(places) == sorted(("exception", f"{name}.js") for name in scripts)


async def test_what_a_scenario_brings_about_is_told(page: Page, opened: Opened) -> None:
    script = "window.onerror = () => true;\nfunction go() { null.x(); }\n"
    files = {
        "index.html": page('<button onclick="go()">Go</button><script src="a.js"></script>'),
        "a.js": script,
        "scenarios/a.yaml": "criterion: C1\nname: x\nopen: /\nsteps: [{click: Go}, {expect: {visible: Go}}]\n",
    }
    tried = await opened(files)
    assert tried.found == [("error", "exception", "a.js:2")]


async def test_a_slow_machine_is_no_fault(page: Page, opened: Opened) -> None:
    """A page that waits for longer than it has, and does nothing meanwhile, is waited for; one that is busy is not."""
    server = """
    import http.server, time
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(2 * self.path.endswith(".js"))
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
            self.end_headers()
            self.wfile.write(open(self.path.strip("/") or "index.html", "rb").read())
    http.server.ThreadingHTTPServer(("127.0.0.1", 8123), Handler).serve_forever()
    """
    files = {
        "server.py": dedent(server),
        "index.html": page('<p id="x"><a href="busy.html">x</a></p><script src="late.js"></script>'),
        "late.js": "document.querySelector('#x').append('late');\n",
        "busy.html": page("<p>x</p><script>setTimeout(() => { for (;;) {} }, 50)</script>"),
    }
    tried = await opened(files, app=App(start="python server.py"), page_seconds=1.5)
    assert tried.found == [("error", "hangs", "busy.html")]
