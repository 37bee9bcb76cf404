"""A page is opened with a click: what a model wrote may neither run in it nor ask the network for anything."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from slipway.cli.reports import html

from .conftest import PNG, Reported

EVIL = (
    " </title></style></p><script>alert(1)</script><img src=x onerror=alert(1)>\" onload='a' x=\"{{ 7 * 7 }}{% raw %}"
    "&lt;b&gt;\x1b[31m\u202e\u2028<!-- c --><svg/onload=a> ü/ '\""
)
VOID = {"meta", "img"}


class Page(HTMLParser):
    """The tags, the attributes and the texts of a page; it fails where tags do not fit together."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(" ".join(data.split()))


def test_it_tells_all_that_the_report_holds(reported: Reported) -> None:
    report = reported("")
    page = Page(html(report))
    text = " ".join(page.texts)
    told = [value for _, value in (*report.figures, *report.facts, *report.ways, *report.commands)]
    told += [part for criterion in report.criteria for part in (criterion.id, criterion.text, criterion.by)]
    told += [test for criterion in report.criteria for test, _ in criterion.tests]
    told += [part for check in report.checks for part in (check.check, check.status, check.note)]
    told += ["unused", "F401", "a.py:3", "lint:1", "remove it", "x", "warning"]
    told += [part for fault in report.faults for part in (fault.component, fault.told, *fault.survivors)]
    told += [part for took in report.stages for part in took]
    told += [part for change in report.changes or () for part in (change.path, change.kind, change.lines)]
    told += ["Add amounts.", "Adds amounts", "adds", "EUR only", "it is red", "note", "start page", "gave up"]
    assert [each for each in told if each not in text] == []


def test_nothing_hostile_comes_through(reported: Reported) -> None:
    page, evil = Page(html(reported("x"))), Page(html(reported(EVIL)))
    assert evil.tags == page.tags and "script" not in evil.tags
    assert [name for name, _ in evil.attributes] == [name for name, _ in page.attributes]
    assert sum("<script>alert(1)</script>" in text for text in evil.texts) > 20
    assert not set("\x1b\u202e\u2028") & set(html(reported(EVIL)))


def test_it_asks_no_network_and_runs_nothing(reported: Reported) -> None:
    page = Page(html(reported(EVIL)))
    leads = [value or "" for name, value in page.attributes if name in ("src", "href", "action", "srcset", "style")]
    assert leads and all(lead.startswith("data:image/png;base64,") for lead in leads)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in page.attributes
    assert not re.search(r"url\(|@import", html(reported("")))


@pytest.mark.parametrize("kind", [b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBP"])
def test_pictures_of_other_kinds(reported: Reported, kind: bytes) -> None:
    assert "data:image/" in html(replace(reported(""), pictures={"a": kind}))


def test_what_is_no_picture_is_refused(reported: Reported) -> None:
    """An SVG may hold a script."""
    with pytest.raises(ValueError, match=r"begins with b'<svg on"):
        html(replace(reported(""), pictures={"a": b"<svg onload=a>", "b": PNG}))


def test_a_run_that_has_just_begun(reported: Reported) -> None:
    page = Page(html(replace(reported(""), outcome=None, changes=None, pictures={})))
    assert "What it changed is not kept any more." in page.texts


def test_it_can_be_read_in_the_light_in_the_dark_and_on_paper(reported: Reported) -> None:
    page = html(reported(""))
    assert "prefers-color-scheme: dark" in page and "@media print" in page
