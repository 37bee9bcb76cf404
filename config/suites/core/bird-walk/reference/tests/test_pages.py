"""What the pages are made of."""

import re
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("index.html", "join.html")


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text in each."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed((ROOT / name).read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data.strip()

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for known, attrs in self.tags if known == tag]

    def text(self, tag: str) -> list[str]:
        return [text for (known, _), text in zip(self.tags, self.texts, strict=True) if known == tag]

    def field(self, name: str) -> dict[str, str]:
        [found] = [attrs for tag, attrs in self.tags if tag in ("input", "select") and attrs.get("name") == name]
        return found


def test_c1_each_page_has_language_title_and_heading() -> None:
    pages = [Page(name) for name in PAGES]
    assert [page.all("html") for page in pages] == [[{"lang": "en"}]] * 2
    assert [len(page.all("h1")) for page in pages] == [1, 1]
    titles = [page.text("title")[0] for page in pages]
    assert len(set(titles)) == 2
    assert all(title.endswith(" - Bird walk") and len(title) > 12 for title in titles)


def test_c2_the_pages_lead_to_each_other() -> None:
    for name in PAGES:
        links = Page(name).all("a")
        assert [link["href"] for link in links] == list(PAGES)
        assert [link["href"] for link in links if link.get("aria-current") == "page"] == [name]


def test_c3_the_table_has_the_walks() -> None:
    page = Page("index.html")
    assert page.text("th") == ["Day", "Meeting point", "Places"]
    assert page.all("th") == [{"scope": "col"}] * 3
    assert page.text("td") == ["2 May", "Mill gate", "12", "16 May", "Heron pond", "8", "30 May", "Mill gate", "15"]
    assert page.text("caption") == ["Walks in May"]


def test_c4_the_form_and_its_labels() -> None:
    page = Page("join.html")
    assert page.all("form") == [{"action": "/join", "method": "post"}]
    ids = [page.field(name)["id"] for name in ("name", "email", "people", "day")]
    assert [label["for"] for label in page.all("label")] == ids
    assert page.text("button") == ["Sign up"]


def test_c4_what_is_required_is_said() -> None:
    assert [text.endswith("(required)") for text in Page("join.html").text("label")] == [True, True, False, True]


def test_c5_fields_have_their_limits() -> None:
    page = Page("join.html")
    assert ["required" in page.field(name) for name in ("name", "email", "people", "day")] == [True, True, False, True]
    assert page.field("email")["type"] == "email"
    people = page.field("people")
    assert [people[name] for name in ("type", "min", "max", "value")] == ["number", "1", "4", "1"]


def test_c6_the_days_are_those_of_the_table() -> None:
    assert Page("join.html").text("option") == Page("index.html").text("td")[::3]


def test_c7_the_style() -> None:
    style = (ROOT / "style.css").read_text(encoding="utf-8")
    assert re.search(r"max-width:\s*44rem", style)
    assert re.search(r"@media\s*\(max-width:\s*30rem\)\s*\{\s*nav ul\s*\{[^}]*flex-direction:\s*column", style)
    assert [Page(name).all("link") for name in PAGES] == [[{"rel": "stylesheet", "href": "style.css"}]] * 2
