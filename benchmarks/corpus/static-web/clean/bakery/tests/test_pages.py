"""Every page leads to every other one."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.name for path in ROOT.glob("*.html"))


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found |= {value or "" for name, value in attrs if name == "href"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_to_all_pages(page: str) -> None:
    links = Links()
    links.feed((ROOT / page).read_text(encoding="utf-8"))
    assert set(PAGES) <= links.found
