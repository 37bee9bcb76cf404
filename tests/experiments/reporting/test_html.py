"""A report is mailed around: it must need nothing beside it, run nothing and ask no network."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from slipway.experiments.reporting import as_html, summarise
from slipway.experiments.reporting.plots import pareto, plots
from slipway.experiments.reporting.tables import tables

from .making import cell, made, small, step, used

EVIL = "</style></svg><script>alert(1)</script>\"' onload=x $a^2$ \x1b[31m"
PLACES = {"href", "src", "xlink:href", "action", "data", "poster", "srcset"}


class Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(" ".join(data.split()))


def test_it_refers_to_nothing_outside_and_says_all_that_the_tables_say() -> None:
    summary = summarise(small(), title="Experiment tiny")
    page = as_html(summary)
    read = Page(page)
    assert read.tags["svg"] == 4 and not {"script", "link", "iframe", "object", "image", "img"} & set(read.tags)
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    inside = {f"#{name}" for name in ids}
    assert {value for name, value in read.attributes if name in PLACES} <= inside
    assert set(re.findall(r"url\(([^)]*)\)", page)) <= inside
    assert "@import" not in page
    assert set(re.findall(r"\w+://[^\s\"'<]*", page)) == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    for table in tables(summary):
        assert {table.title, table.note, *table.head, *(cell for row in table.rows for cell in row)} <= {
            *read.texts,
            "",
        }
    assert set(summary.warnings) <= set(read.texts)


def test_the_same_results_make_the_same_page() -> None:
    assert as_html(summarise(small())) == as_html(summarise(small()))


def test_what_others_wrote_is_text_in_pictures_too() -> None:
    found = [made(cell("a"), step(misses={EVIL: {"coder": 1}}, by_stage={EVIL: used(10)}))]
    page = as_html(summarise(found, title=EVIL))
    assert Page(page).tags["script"] == 0 and "\x1b" not in page and "$a^2$" in page


def test_pictures_tell_what_they_cannot_show() -> None:
    paid = [made(cell("a", f"t{at}"), step(usage=used(10, 0.1))) for at in range(3)]
    lost = [made(cell("b", f"t{at}"), step(accepted=False, usage=used(10, 0.1))) for at in range(3)]
    shown = {plot.title: plot for plot in plots(summarise([*paid, *lost]))}
    assert list(shown) == ["Success against cost", "Differences from a", "Tokens by stage"]
    assert "Not shown, as there is no such cost: b." in shown["Success against cost"].caption
    assert plots(summarise(lost[:0])) == ()
    unpriced = [made(cell("a", f"t{at}"), step(usage=used(10, None))) for at in range(3)]
    assert "tokens per successful outcome" in plots(summarise(unpriced))[0].svg


@pytest.mark.parametrize(
    ("points", "front"),
    [
        ([(1.0, 0.5)], [True]),
        ([(1.0, 0.5), (2.0, 0.5)], [True, False]),
        ([(1.0, 0.5), (2.0, 0.6), (3.0, 0.55)], [True, True, False]),
        ([(1.0, 0.5), (1.0, 0.5)], [True, True]),
        ([(0.0, 0.1), (1.0, 0.0)], [True, False]),
    ],
)
def test_nobody_is_better_and_cheaper_than_the_front(points: list[tuple[float, float]], front: list[bool]) -> None:
    assert pareto(points) == front
