"""The pantry's file."""

from pathlib import Path

from pantry.items import Item
from pantry.store import load, save

EARLIER = """[
  {"name": "eggs", "amount": 6, "unit": "pcs"},
  {"name": "flour", "amount": 1500, "unit": "g"}
]
"""


def test_a_file_that_does_not_exist_is_an_empty_pantry(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == {}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    items = {"eggs": Item("eggs", 6), "flour": Item("flour", 1500, "g")}
    save(tmp_path / "pantry.json", items)
    assert load(tmp_path / "pantry.json") == items


def test_a_file_of_an_earlier_version_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "pantry.json"
    path.write_text(EARLIER, encoding="utf-8")
    assert load(path) == {"eggs": Item("eggs", 6), "flour": Item("flour", 1500, "g")}
