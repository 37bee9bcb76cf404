from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_page_begins_with_the_minutes_of_its_field() -> None:
    page = (ROOT / "index.html").read_text(encoding="utf-8")
    assert '<p id="time" role="timer">05:00</p>' in page
    assert 'max="180" value="5"' in page
    assert "let total = 300;" in (ROOT / "app.js").read_text(encoding="utf-8")
