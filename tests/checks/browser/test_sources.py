"""Addresses lead back to files, so that a finding names what can be repaired."""

from __future__ import annotations

import pytest

from slipway.checks.browser.sources import Sources, is_text

TEXTS = {
    "index.html": '<p>\n<a href="about.html">About</a>\n',
    "app/templates/about.html": "",
    "app/static/js/app.js": "const a = 1;\n  go();\n",
    "app/routes.py": 'import x\n\n\n@app.get("/report")\ndef report(): ...\n',
    "admin/index.html": "",
}
SOURCES = Sources([*TEXTS, "logo.png"], TEXTS)


@pytest.mark.parametrize(("url", "file"), [
    ("http://localhost:8000/", "index.html"),
    ("http://localhost:8000/admin/", "admin/index.html"),
    ("http://localhost:8000/static/js/app.js?v=3#x", "app/static/js/app.js"),
    ("http://localhost:8000/logo%2Epng", "logo.png"),
    ("http://localhost:8000/other.js", None),
    ("", "index.html"),
])  # fmt: skip
def test_what_is_served_at_an_address(url: str, file: str | None) -> None:
    assert SOURCES.file(url) == file


@pytest.mark.parametrize(("url", "place"), [
    ("/", ("index.html", None)),
    ("/about", ("app/templates/about.html", None)),
    ("/report", ("app/routes.py", 4)),
    ("/nowhere", (None, None)),
])  # fmt: skip
def test_what_a_page_is_made_from(url: str, place: tuple[str | None, int | None]) -> None:
    assert SOURCES.page(url) == place


def test_a_built_site_is_served_from_its_folder() -> None:
    assert Sources(["dist/index.html", "index.html"], {}, "dist").file("/") == "dist/index.html"


def test_lines() -> None:
    assert SOURCES.line("index.html", '"about.html"') == 2
    assert SOURCES.line("index.html", "nothing") is None
    assert SOURCES.line(None, "x") is None
    assert SOURCES.at("app/static/js/app.js", 2) == "go();"
    assert SOURCES.at("app/static/js/app.js", 9) == ""
    assert is_text("a/b.css") and not is_text("a/b.png")
