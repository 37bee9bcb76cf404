"""Addresses lead back to files, so that a finding names what can be repaired."""

from __future__ import annotations

import pytest

from slipway.checks.browser.sources import Frame, Sources, built_at, is_text

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


def test_what_was_built_leads_back_to_what_was_written() -> None:
    script = "http://localhost:8000/assets/a.js"
    assert built_at(f"{script}?v=1", "dist") == "dist/assets/a.js"
    assert built_at(script, ".") == "assets/a.js"
    own, library = Frame(script, 1, 9), Frame(script, 1, 900)
    written = {own: ("src/App.tsx", 3), library: ("../node_modules/react/index.js", 6)}
    sources = Sources(["src/App.tsx", "public/assets/a.js", "index.html"], {}, "dist", written)
    assert sources.place(own) == ("src/App.tsx", 3)
    assert sources.place(library) is None
    assert sources.place(Frame(script, 2, 0)) == ("public/assets/a.js", 2)
    assert sources.place(Frame("http://localhost:8000/", 0, 0)) == ("index.html", None)


def test_lines() -> None:
    assert SOURCES.line("index.html", '"about.html"') == 2
    assert SOURCES.line("index.html", "nothing") is None
    assert SOURCES.line(None, "x") is None
    assert SOURCES.at("app/static/js/app.js", 2) == "go();"
    assert SOURCES.at("app/static/js/app.js", 9) == ""
    assert is_text("a/b.css") and not is_text("a/b.png")
