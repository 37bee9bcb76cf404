"""What the page promises."""

from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_page_loads_its_script() -> None:
    assert '<script type="module" src="app.js">' in (ROOT / "index.html").read_text(encoding="utf-8")
