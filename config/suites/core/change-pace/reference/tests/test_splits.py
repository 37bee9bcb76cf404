"""What the page has for miles and splits."""

from pathlib import Path

PAGE = (Path(__file__).parents[1] / "index.html").read_text(encoding="utf-8")


def test_c1_the_unit_has_a_label() -> None:
    assert '<label for="unit">Unit</label>' in PAGE
    assert PAGE.index("<option>km</option>") < PAGE.index("<option>miles</option>")


def test_c2_the_table_has_a_header() -> None:
    assert '<th scope="col">km</th><th scope="col">time</th>' in PAGE
