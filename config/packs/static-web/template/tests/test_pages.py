"""What every page promises."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


class Links(HTMLParser):
    """Collects what a page loads and leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.html")), ids=lambda path: path.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    local = [link for link in links.found if ":" not in link and not link.startswith("#")]
    assert [link for link in local if not (page.parent / link.partition("#")[0]).exists()] == []
