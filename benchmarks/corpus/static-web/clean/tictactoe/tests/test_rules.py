import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_all_eight_lines_are_there_once() -> None:
    lines = re.findall(r"\[(\d), (\d), (\d)\]", (ROOT / "rules.js").read_text(encoding="utf-8"))
    assert len(lines) == len(set(lines)) == 8
    assert sorted({field for line in lines for field in line}) == [str(number) for number in range(9)]
