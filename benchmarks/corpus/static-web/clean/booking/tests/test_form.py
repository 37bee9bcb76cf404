import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "index.html").read_text(encoding="utf-8")


def test_every_field_has_a_label_and_a_place_for_its_fault() -> None:
    fields = re.findall(r'<input id="(\w+)"', PAGE)
    assert fields == ["name", "mail", "guests"]
    for field in fields:
        assert f'<label for="{field}">' in PAGE
        assert f'id="{field}-error"' in PAGE
        assert f"found.{field} = " in (ROOT / "checking.js").read_text(encoding="utf-8")
