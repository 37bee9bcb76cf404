"""The same promises, with another day."""

import subprocess
import sys
from pathlib import Path

import pytest

from relay.points import race_points, winners
from relay.results import Result, parse_results
from relay.table import table
from relay.times import parse_time

DAY = """
sack,Hawks,1:10.00
sack,Owls,1:05.00,5
sack,Crows,0:59.99
sack,Jays,dq

eggs,Owls,45.00
eggs,Crows,dnf
eggs,Hawks,45.01
final,Owls,2:00.00
final,Hawks,1:59.00,1
final,Jays,1:30.00
"""


def test_c1_times() -> None:
    assert parse_time("2:00.10") == 12010
    assert parse_time("45.01") == 4501
    with pytest.raises(ValueError):
        parse_time("2:0.10")


def test_c2_results() -> None:
    results = parse_results(DAY)
    assert len(results) == 10
    assert results[1] == Result("sack", "Owls", "time", 7000)
    assert results[3] == Result("sack", "Jays", "dq", 0)
    with pytest.raises(ValueError, match="line 14"):
        parse_results(DAY + "\nsack,Hawks,1:00.00")


def test_c3_points_of_a_race() -> None:
    final = [result for result in parse_results(DAY) if result.race == "final"]
    assert race_points(final) == {"Jays": 100, "Owls": 60, "Hawks": 60}
    assert winners(final) == {"Jays"}


def test_c4_points_without_a_time() -> None:
    sack = [result for result in parse_results(DAY) if result.race == "sack"]
    eggs = [result for result in parse_results(DAY) if result.race == "eggs"]
    assert race_points(sack) == {"Crows": 100, "Owls": 60, "Hawks": 60, "Jays": -20}
    assert race_points(eggs) == {"Owls": 100, "Hawks": 70, "Crows": 5}


def test_c5_the_table_of_the_day() -> None:
    assert table(parse_results(DAY)) == ["1. Owls 22.0", "2. Hawks 19.0", "3. Crows 10.5", "4. Jays 8.0"]


def test_c5_a_first_place_decides() -> None:
    text = "r,m,10.00\nr,a,11.00\ns,c,10.00\ns,d,11.00\ns,e,12.00\ns,a,13.00\ns,m,14.00\ns,b,14.00"
    lines = ["1. m 11.5", "2. c 10.0", "3. a 10.0", "4. d 7.0", "5. e 5.0", "6. b 1.5"]
    assert table(parse_results(text)) == lines
    text = "r,m,10.00\nr,a,11.00\ns,c,10.00\ns,d,11.00\ns,e,12.00\ns,a,13.00"
    lines = ["1. c 10.0", "2. m 10.0", "3. a 10.0", "4. d 7.0", "5. e 5.0"]
    assert table(parse_results(text)) == lines


def test_c6_half_of_three_races() -> None:
    lines = table(parse_results("a,x,10.00\nb,x,10.00\nc,x,10.00\na,y,09.00\nb,y,09.00\na,w,08.00"))
    assert lines == ["1. x 22.0", "2. y 17.0", "-. w 10.0"]


def test_c7_one_process(tmp_path: Path) -> None:
    file = tmp_path / "day.txt"
    file.write_text(DAY, encoding="utf-8")
    words = [sys.executable, "-m", "relay", str(file)]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1. Owls 22.0\n2. Hawks 19.0\n3. Crows 10.5\n4. Jays 8.0\n")
