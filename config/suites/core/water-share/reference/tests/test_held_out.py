"""The same promises, for another house."""

import subprocess
import sys
from pathlib import Path

import pytest

from watershare.bill import bill, parse_amount
from watershare.flats import Flat, parse_flats
from watershare.sharing import share

HOUSE = """
attic 1 9998.7 23.4
first 4 310.0 322.0
second 2 77.7 -

ground 3 1250.5 1250.5
"""


def test_c1_four_flats() -> None:
    assert parse_flats(HOUSE) == [Flat("attic", 1, 247), Flat("first", 4, 120), Flat("second", 2, 72, True), Flat("ground", 3, 0)]


def test_c2_wrong_lines() -> None:
    for line in ("first 1 1.0 2.0", "cellar 1 1.0 2,0"):
        with pytest.raises(ValueError, match="line 7"):
            parse_flats(HOUSE + line)
    with pytest.raises(ValueError, match="no flat"):
        parse_flats("")


def test_c3_nothing_is_lost() -> None:
    for cents in range(60):
        assert sum(share(cents, [3, 5, 0, 11, 2])) == cents
    assert share(10, [3, 5, 0, 11, 2]) == [2, 2, 0, 5, 1]


def test_c4_two_parts() -> None:
    lines = bill([Flat("a", 3, 10), Flat("b", 1, 30)], 4000)
    assert lines == ["a 1.0 m3 16.00", "b 3.0 m3 24.00 !", "total 4.0 m3 40.00"]
    assert bill([Flat("a", 3, 0), Flat("b", 1, 0)], 3) == ["a 0.0 m3 0.03", "b 0.0 m3 0.00", "total 0.0 m3 0.03"]


def test_c5_the_attic_is_marked() -> None:
    marked = [line.split()[0] for line in bill(parse_flats(HOUSE), 100) if line.endswith(" !")]
    assert marked == ["attic"]


def test_c6_the_bill_of_the_house() -> None:
    assert bill(parse_flats(HOUSE), 50001) == [
        "attic 24.7 m3 211.93 !",
        "first 12.0 m3 155.67",
        "second 7.2 m3 87.41",
        "ground 0.0 m3 45.00",
        "total 43.9 m3 500.01",
    ]


def test_c7_one_process(tmp_path: Path) -> None:
    assert parse_amount("500.01") == 50001
    file = tmp_path / "house.txt"
    file.write_text("x 2 1.0 -\ny 1 1.0 1.0", encoding="utf-8")
    words = [sys.executable, "-m", "watershare", str(file), "9.00"]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "x 7.2 m3 8.10\ny 0.0 m3 0.90\ntotal 7.2 m3 9.00\n")
