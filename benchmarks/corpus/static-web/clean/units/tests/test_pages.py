import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_unit_has_a_kind_and_both_ways() -> None:
    lines = re.findall(r"^  \S+: \{.*\},$", (ROOT / "units.js").read_text(encoding="utf-8"), re.M)
    assert len(lines) == 7
    assert all(re.search(r'kind: "\w+", to: \(x\) => .+, from: \(x\) => ', line) for line in lines)


def test_fields_have_labels() -> None:
    page = (ROOT / "index.html").read_text(encoding="utf-8")
    fields = re.findall(r'<(?:input|select) id="(\w+)"', page)
    assert fields == re.findall(r'<label for="(\w+)"', page) == ["amount", "from", "to"]
