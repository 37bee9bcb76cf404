"""What a browser shows of a site is found, with the file that it is in; what works is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from textwrap import dedent
from typing import Any

from slipway.checks.browser import Browser
from slipway.checks.running import App
from slipway.sandboxes import Sandbox, SandboxUnavailable

Page = Callable[..., str]
Opened = Callable[..., Awaitable[Any]]

SCENARIO = """
- criterion: C1
  name: adds up
  open: /
  steps:
    - fill: {Number: 2}
    - click: Add
    - expect: {text: "Sum: 2", visible: "#sum", hidden: Gone, value: {Number: ""}, count: {li: 1}, url: /}
    - fill: {Number: 3}
    - press: Enter
    - expect: {text: "Sum: 5"}
- criterion: C2
  name: goes to the other page
  open: /
  steps:
    - click: Other
    - expect: {url: /other.html, text: Nothing here}
"""
SAYS_NO = """criterion: C1
name: says no
open: /
steps:
  - click: throws
  - expect: {text: "No"}
"""
ADDING = """
let sum = 0;
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  sum += Number(document.querySelector("#number").value);
  document.querySelector("#number").value = "";
  document.querySelector("#sum").textContent = `Sum: ${sum}`;
  document.querySelector("ul").append(document.createElement("li"));
});
"""


def good(page: Page) -> dict[str, str]:
    form = '<form><label for="number">Number</label><input id="number"><button>Add</button></form><ul></ul>'
    body = f'{form}<p id="sum">Sum: 0</p><p hidden>Gone</p><a href="other.html">Other</a> <a href="#sum">Sum</a>'
    return {
        "index.html": page(body + '<script src="app.js"></script>', '<link rel="stylesheet" href="style.css">'),
        "other.html": page('<p>Nothing here</p><a href="/#sum">Back</a> <a href="https://example.com/">Away</a>'),
        "app.js": ADDING,
        "style.css": "body { margin: 1rem; }\n",
        "scenarios/adding.yaml": SCENARIO,
    }


async def test_a_site_that_works_passes(page: Page, opened: Opened) -> None:
    """With a picture of each page, wide and narrow, and of the end of each scenario."""
    tried = await opened(good(page))
    assert (tried.result.status, tried.result.reason) == ("passed", "")
    assert tried.found == [("note", "remote", "other.html:2")]
    proofs = ("test_c1_adds_up", "test_c2_goes_to_the_other_page")
    assert [(t.id, t.status) for t in tried.result.tests] == [(f"scenarios/adding.yaml::{p}", "passed") for p in proofs]
    sizes = [f"{path} at {size}" for path in ("/", "/other.html") for size in ("1280x800", "390x844")]
    ends = [f"scenarios/adding.yaml::{proof} at its end" for proof in proofs]
    assert sorted(p.name for p in tried.result.pictures) == sorted([*sizes, *ends])
    assert {p.digest for p in tried.result.pictures} == set(tried.pictures)
    assert all(hashlib.sha256(data).hexdigest() == digest for digest, data in tried.pictures.items())
    assert all(data.startswith(b"\x89PNG") for data in tried.pictures.values())


async def test_each_fault_is_found_in_its_file(page: Page, opened: Opened) -> None:
    """The place of each is a line of the project where there is one: the fixer reads that, not an address."""
    names = ("throws", "console", "missing", "empty", "parts", "remote", "picture", "alone", "dialog")
    files = {
        "index.html": page("".join(f'\n<p><a href="{name}.html">{name}</a></p>' for name in (*names, "nowhere"))),
        "throws.html": page('<p>x</p><script src="js/broken.js"></script><script src="js/syntax.js"></script>'),
        "js/broken.js": "const a = 1;\n\nundefinedThing(a);\n",
        "js/syntax.js": "const b = 1;\nconst c = ;\n",
        "console.html": page('<p>x</p><script src="js/says.js"></script>'),
        "js/says.js": "\nconsole.error('it went wrong', 3);\n",
        "missing.html": page('<p>x</p>\n<script src="js/gone.js"></script>\n<img src="gone.png" alt="gone">'),
        "empty.html": '<!doctype html><html lang="en"><head><title>x</title></head><body><div></div></body></html>',
        "parts.html": page('<p>x</p>\n<a href="#gone">x</a>\n<a href="index.html#gone">y</a>'),
        "remote.html": page('<p>x</p>\n<script src="https://cdn.example.com/x.js"></script>'),
        "picture.html": page('<p>x</p>\n<img alt="x" src="https://cdn.example.com/x.png">'),
        "alone.html": page('<p>x</p>\n<img src="own.svg">\n<p style="color: #ddd; background: #eee">faint</p>'),
        "own.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>',
        "dialog.html": page("<p>x</p><script>alert('hello')</script>"),
        "scenarios/a.yaml": SAYS_NO,
        "scenarios/b.yaml": "criterion: C1\nname: x\nopen: /\nsteps: []\n",
    }
    tried = await opened(files)
    assert tried.result.status == "failed"
    assert tried.found == sorted(
        [
            ("error", "exception", "js/broken.js:3"),
            ("error", "exception", "js/syntax.js:2"),
            ("error", "console", "js/says.js:2"),
            ("error", "request", "missing.html:3"),
            ("error", "request", "missing.html:4"),
            ("error", "blank", "empty.html"),
            ("error", "link", "index.html:12"),
            ("error", "anchor", "parts.html:3"),
            ("error", "anchor", "parts.html:4"),
            ("error", "remote", "remote.html:3"),
            ("warning", "remote", "picture.html:3"),
            ("error", "axe/image-alt", "alone.html:3"),
            ("error", "axe/color-contrast", "alone.html:4"),
            ("warning", "dialog", "dialog.html"),
            ("error", "scenarios/a.yaml::test_c1_says_no", "scenarios/a.yaml:6"),
            ("error", "scenario", "scenarios/b.yaml:4"),
        ]
    )
    [scenario] = tried.of("scenarios/a.yaml::test_c1_says_no")
    assert "expected the text 'No'; the page shows" in scenario.message
    assert [(t.id, t.status) for t in tried.result.tests] == [("scenarios/a.yaml::test_c1_says_no", "failed")]
    assert any(p.name.endswith("where it failed") for p in tried.result.pictures)


async def test_an_app_is_opened_as_it_answers(page: Page, opened: Opened) -> None:
    """Faults of pages that a program makes are in its templates and scripts, wherever it serves them from."""
    server = """
    import http.server
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            files = {"/": "app/templates/index.html", "/static/app.js": "app/static/app.js"}
            self.send_response(200 if self.path in files else 500)
            self.send_header("Content-Type", "text/html" if self.path == "/" else "text/javascript")
            self.end_headers()
            if self.path in files: self.wfile.write(open(files[self.path], "rb").read())
    http.server.ThreadingHTTPServer(("127.0.0.1", 8123), Handler).serve_forever()
    """
    files = {
        "server.py": dedent(server),
        "app/templates/index.html": page('<p>x</p><script src="/static/app.js"></script>'),
        "app/static/app.js": "\nfetch('/api/things').then(() => missing());\n",
    }
    tried = await opened(files, app=App(start="python server.py"))
    assert tried.found == [("error", "exception", "app/static/app.js:2"), ("error", "request", "app/static/app.js:2")]


async def test_without_a_page_it_does_not_apply(opened: Opened) -> None:
    """An API has no pages, and no browser is started for it."""

    async def never() -> Sandbox:
        raise AssertionError

    answer = "HTTP/1.0 404 N\\r\\nContent-Type: application/json\\r\\n\\r\\n{}"
    api = f"""
    import http.server as h
    class H(h.BaseHTTPRequestHandler):
        def do_GET(self): self.wfile.write(b"{answer}")
    h.HTTPServer(("127.0.0.1", 8000), H).serve_forever()
    """
    files = {"api.py": dedent(api)}
    tried = await opened(files, never, app=App(start="python api.py"))
    assert (tried.result.status, tried.result.findings) == ("not_applicable", ())
    assert Browser(never).inputs({}) == ()


async def test_what_cannot_be_looked_at_is_no_pass(page: Page, opened: Opened) -> None:
    """Neither where no sandbox has a browser, nor where the software does not start."""

    async def none() -> Sandbox:
        raise SandboxUnavailable("no image; make it")

    tried = await opened({"index.html": page("<p>x</p>")}, none)
    assert (tried.result.status, tried.result.reason) == ("not_run", "no sandbox has a browser: no image; make it")
    tried = await opened({"a.py": "print('no')"}, none, app=App(start="python a.py"))
    assert tried.result.status == "not_run"
    assert tried.result.reason.startswith("nothing answers, so no page was opened: the service is not there: it ended")
