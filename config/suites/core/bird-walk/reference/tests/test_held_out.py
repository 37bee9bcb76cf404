"""The same promises, read as text."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
INDEX = (ROOT / "index.html").read_text(encoding="utf-8")
JOIN = (ROOT / "join.html").read_text(encoding="utf-8")
STYLE = (ROOT / "style.css").read_text(encoding="utf-8")


def test_c1_titles_end_alike() -> None:
    for text in (INDEX, JOIN):
        assert re.search(r"<title>.+ - Bird walk</title>", text)
        assert text.count("<h1") == 1
        assert '<html lang="en">' in text


def test_c2_one_link_is_current() -> None:
    for text, name in ((INDEX, "index.html"), (JOIN, "join.html")):
        assert re.findall(r'href="([a-z.]+)" aria-current="page"', text) == [name]
        assert text.count("aria-current") == 1
        assert text.count("<nav") == 1


def test_c3_three_walks() -> None:
    cells = re.findall(r"<td>(.+?)</td>", INDEX)
    assert [int(cell) for cell in cells[2::3]] == [12, 8, 15]
    assert cells[1::3] == ["Mill gate", "Heron pond", "Mill gate"]
    assert "<caption>Walks in May</caption>" in INDEX
    assert INDEX.count('<th scope="col">') == 3


def test_c4_four_fields() -> None:
    assert re.findall(r' name="(name|email|people|day)"', JOIN) == ["name", "email", "people", "day"]
    assert re.findall(r'<label for="([a-z]+)"', JOIN) == ["name", "email", "people", "day"]
    assert 'action="/join" method="post"' in JOIN


def test_c5_limits() -> None:
    assert 'type="number" min="1" max="4" value="1"' in JOIN
    assert len(re.findall(r"<(?:input|select)[^>]* required", JOIN)) == 3
    assert JOIN.count('type="email"') == 1


def test_c6_three_days() -> None:
    assert re.findall(r"<option>(.+?)</option>", JOIN) == ["2 May", "16 May", "30 May"]


def test_c7_widths() -> None:
    assert "max-width: 44rem" in STYLE
    assert "column" in STYLE.partition("@media (max-width: 30rem)")[2]
    assert "<script" not in INDEX + JOIN
