"""What was seen is told once, with its file, as grave as it is."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from slipway.checks.browser.driving import Seen
from slipway.checks.browser.judging import Judge, frames
from slipway.checks.browser.sources import Frame, Sources

TEXTS = {"index.html": "<p>\n<script src='lib/a.js'></script>\n", "lib/a.js": "\ngo();\n"}
JUDGE = Judge("browser", Sources(TEXTS, TEXTS), ())
SITE = "http://localhost:8000"


def told(*seen: Seen) -> list[tuple[str, str, str, str]]:
    return [(f.severity, f.rule or "", f.place, f.message) for f in JUDGE.findings(seen)]


def test_a_fault_inside_of_a_library_is_where_ours_called_it() -> None:
    text = f"TypeError: x\n    at r ({SITE}/node_modules/lib/a.js:9:1)\n    at go ({SITE}/lib/a.js:2:3)"
    seen = Seen(kind="exception", page="/", url=f"{SITE}/node_modules/lib/a.js", line=9, text=text)
    assert told(seen, seen) == [("error", "exception", "lib/a.js:2", "uncaught TypeError: x")]


def test_where_something_went_wrong_is_looked_for_from_the_inside_out() -> None:
    text = f"TypeError: x\n    at a ({SITE}/lib/a.js:2:3)\n    at {SITE}/b.js:1:70"
    seen = Seen(kind="exception", page="/", url=f"{SITE}/r.js", line=4, column=7, stack=f"{SITE}/c.js:9:1", text=text)
    assert frames(seen) == [
        Frame(f"{SITE}/r.js", 4, 7), Frame(f"{SITE}/c.js", 9, 0), Frame(f"{SITE}/lib/a.js", 2, 2),
        Frame(f"{SITE}/b.js", 1, 69),
    ]  # fmt: skip
    request = Seen(kind="request", page="/", target=f"{SITE}/data", resource="Fetch", status=404, url=f"{SITE}/r.js",
                   line=1, stack=f"{SITE}/r.js:1:1\n{SITE}/lib/a.js:2:1")  # fmt: skip
    assert [place for _, _, place, _ in told(request)] == ["lib/a.js:2"]


@pytest.mark.parametrize(("target", "resource", "status", "severity", "rule"), [
    (f"{SITE}/api/me", "Fetch", 401, "warning", "request"),
    (f"{SITE}/api/me", "Fetch", 500, "error", "request"),
    (f"{SITE}/b.js", "Script", 401, "error", "request"),
    ("https://cdn.example.com/x.css", "Stylesheet", 0, "error", "remote"),
    ("https://cdn.example.com/x.woff2", "Font", 0, "warning", "remote"),
])  # fmt: skip
def test_requests(target: str, resource: str, status: int, severity: str, rule: str) -> None:
    [(severe, ruled, place, _)] = told(Seen(kind="request", page="/", target=target, resource=resource, status=status))
    assert (severe, ruled, place) == (severity, rule, "index.html")


def test_a_browser_asks_for_its_icon_by_itself() -> None:
    assert told(Seen(kind="request", page="/", target=f"{SITE}/favicon.ico", resource="Other", status=404)) == []


def test_a_link_is_broken_by_what_it_leads_to() -> None:
    gone = Seen(kind="visited", page="/gone", status=404, media_type="text/html")
    link = Seen(kind="link", page="/", href="lib/a.js", target="/gone")
    fine = Seen(kind="link", page="/", href="lib/a.js", target="/fine")
    assert told(gone, link, fine) == [
        ("error", "link", "index.html:2", "the link 'lib/a.js' leads nowhere (status 404)")
    ]
    assert told(gone) == [("error", "link", "", "the page /gone is answered with status 404")]


def test_a_page_that_ended_the_browser_is_named() -> None:
    seen = [Seen(kind="opening", page="/"), Seen(kind="closed", page="/"), Seen(kind="opening", page="/lib/a.js")]
    assert [f.message for f in JUDGE.unfinished(seen, "killed")] == [
        "the page /lib/a.js was open when the browser ended"
    ]


def test_a_report_holds_nothing_else() -> None:
    """The driver runs beside hostile pages."""
    for line in ('{"kind": "passed"}', '{"kind": "picture", "file": "../report.jsonl"}', '{"kind": "end", "x": 1}'):
        with pytest.raises(ValidationError):
            Seen.model_validate_json(line)
