"""Times, results, points, the table and the program."""

from pathlib import Path

import pytest

from relay.cli import main
from relay.points import race_points, winners
from relay.results import Result, parse_results
from relay.table import table
from relay.times import parse_time


def race(*times: int) -> list[Result]:
    return [Result("r", f"t{place}", "time", time) for place, time in enumerate(times, 1)]


def test_c1_times_are_hundredths() -> None:
    assert [parse_time(text) for text in ("58.20", "00.07", "1:02.35", "12:59.99")] == [5820, 7, 6235, 77999]


@pytest.mark.parametrize("text", ["", "58", "58.2", "5.20", "60.00", "1:60.00", "1:2.35", "1.02.35", "100:00.00", "-1.00", "58.200"])
def test_c1_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


def test_c2_results_are_read_with_penalties() -> None:
    assert parse_results("4x100, 6b ,58.20\n\n4x100,6a,1:02.35,5\nhurdles,6a,dnf\nhurdles,6b,dq") == [
        Result("4x100", "6b", "time", 5820),
        Result("4x100", "6a", "time", 6735),
        Result("hurdles", "6a", "dnf", 0),
        Result("hurdles", "6b", "dq", 0),
    ]
    assert [result.time for result in parse_results("a,b,10.00,1\na,c,10.00,60")] == [1100, 7000]


@pytest.mark.parametrize(
    "line",
    ["a,x", "a,x,10.00,5,5", "a,x,10", "a,x,10.00,0", "a,x,10.00,61", "a,x,10.00,-1", "a,x,dnf,5", "a,x,dq,5", "a,b,12.00", ",x,10.00", "a,,10.00"],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_results(f"a,b,10.00\n\n{line}")


def test_c3_six_places_bring_points() -> None:
    found = race_points(race(700, 600, 500, 400, 300, 200, 100))
    assert found == {"t7": 100, "t6": 70, "t5": 50, "t4": 30, "t3": 20, "t2": 10, "t1": 0}


def test_c3_one_time_shares_the_points() -> None:
    assert race_points(race(100, 100, 300)) == {"t1": 85, "t2": 85, "t3": 50}
    assert race_points(race(100, 200, 200, 200, 300)) == {"t1": 100, "t2": 50, "t3": 50, "t4": 50, "t5": 20}
    assert race_points(race(1, 2, 3, 4, 4, 4)) == {"t1": 100, "t2": 70, "t3": 50, "t4": 20, "t5": 20, "t6": 20}
    assert race_points(race(1, 2, 3, 4, 5, 6, 6)) == {"t1": 100, "t2": 70, "t3": 50, "t4": 30, "t5": 20, "t6": 5, "t7": 5}


def test_c3_tenths_are_rounded_down() -> None:
    assert race_points(race(1, 1, 1)) == {"t1": 73, "t2": 73, "t3": 73}


def test_c3_winners_have_the_best_time() -> None:
    assert winners(race(300, 200, 200)) == {"t2", "t3"}
    assert winners(race(300, 200, 100)) == {"t3"}
    assert winners([Result("r", "a", "dnf", 0), Result("r", "b", "time", 900)]) == {"b"}
    assert winners([Result("r", "a", "dq", 0)]) == set()


def test_c4_who_did_not_finish_takes_no_place() -> None:
    results = [Result("r", "a", "dnf", 0), Result("r", "b", "time", 900), Result("r", "c", "dq", 0), Result("r", "d", "dnf", 0)]
    assert race_points(results) == {"a": 5, "b": 100, "c": -20, "d": 5}


def test_c5_the_table_is_ordered_by_points() -> None:
    results = parse_results("a,x,10.00\na,y,11.00\na,z,dq\nb,y,10.00\nb,x,12.00\nb,z,11.00")
    assert table(results) == ["1. y 17.0", "2. x 15.0", "3. z 5.0"]


def test_c5_first_places_come_before_names() -> None:
    text = "x,b,10.00\nx,a,11.00\ny,c,10.00\ny,d,11.00\ny,e,12.00\ny,a,13.00\ny,f,14.00\ny,g,15.00\ny,b,16.00"
    lines = ["1. b 10.0", "2. c 10.0", "3. a 10.0", "4. d 7.0", "5. e 5.0", "6. f 2.0", "7. g 1.0"]
    assert table(parse_results(text)) == lines


def test_c5_equal_points_and_first_places_are_ordered_by_names() -> None:
    results = parse_results("r,b,11.00\nr,a,12.00\nr,z,10.00\ns,b,12.00\ns,a,11.00\ns,z,dq\ns,m,10.00\nr,m,dq")
    assert table(results) == ["1. a 12.0", "2. b 12.0", "3. m 8.0", "4. z 8.0"]


def test_c6_half_of_the_races_is_enough() -> None:
    results = parse_results("r,a,10.00\ns,a,10.00\nt,a,10.00\nu,a,10.00\nr,b,11.00\ns,b,dq\nr,c,09.00")
    assert table(results) == ["1. a 37.0", "2. b 3.0", "-. c 10.0"]
    assert table(parse_results("r,a,10.00\ns,a,10.00\nt,a,10.00\nr,b,11.00\nr,A,dq")) == ["1. a 30.0", "-. A -2.0", "-. b 7.0"]


def test_c7_the_program_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.txt"
    file.write_text("r,Füchse,10.00\nr,b,10.00\nr,c,dq\n", encoding="utf-8")
    assert main([str(file)]) == 0
    assert capsys.readouterr() == ("1. Füchse 8.5\n2. b 8.5\n3. c -2.0\n", "")


@pytest.mark.parametrize("words", [[], ["a", "b"], ["missing.txt"]])
def test_c7_a_wrong_call_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err


def test_c7_a_wrong_line_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.txt"
    file.write_text("r,a,10.00\nr,b,x\n", encoding="utf-8")
    assert main([str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "line 2" in err
