"""Flats, sharing, the bill and the program."""

from pathlib import Path

import pytest

from watershare.bill import bill, parse_amount
from watershare.cli import main
from watershare.flats import Flat, parse_flats
from watershare.sharing import share


def test_c1_flats_are_read_in_order() -> None:
    assert parse_flats("b 2 100.0 112.5\n\n  a 1 0.0 9999.9\n") == [Flat("b", 2, 125), Flat("a", 1, 99999)]


def test_c1_a_meter_may_run_over() -> None:
    assert parse_flats("a 1 9990.0 4.2\nb 1 5.0 5.0\nc 1 0.1 0.0") == [Flat("a", 1, 142), Flat("b", 1, 0), Flat("c", 1, 99999)]


def test_c1_a_broken_meter_is_estimated() -> None:
    assert parse_flats("a 3 10.0 -\nb 1 10.0 -") == [Flat("a", 3, 108, True), Flat("b", 1, 36, True)]


@pytest.mark.parametrize(
    "line",
    ["b 1 1.0", "b 1 1.0 2.0 3.0", "b 0 1.0 2.0", "b x 1.0 2.0", "b 1 1 2.0", "b 1 1.0 2", "b 1 1.00 2.0", "b 1 1.0 10000.0", "b 1 - 2.0", "b 1 1.0 -2.0", "a 1 1.0 2.0"],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_flats(f"a 1 1.0 2.0\n\n{line}")


def test_c2_a_house_has_a_flat() -> None:
    with pytest.raises(ValueError, match="no flat"):
        parse_flats("\n")


def test_c3_shares_come_out_exactly() -> None:
    assert share(100, [1, 1]) == [50, 50]
    assert share(100, [1, 2, 3]) == [17, 33, 50]
    assert share(101, [1, 2, 4]) == [14, 29, 58]
    assert share(0, [1, 5]) == [0, 0]
    assert share(7, [0, 3]) == [0, 7]


def test_c3_the_earlier_one_gets_the_cent() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(101, [1, 1, 1]) == [34, 34, 33]
    assert share(5, [2, 2, 2, 2]) == [2, 1, 1, 1]


def test_c4_people_and_consumption() -> None:
    flats = [Flat("a", 1, 100), Flat("b", 3, 300)]
    assert bill(flats, 10000)[:2] == ["a 10.0 m3 25.00", "b 30.0 m3 75.00"]
    flats = [Flat("a", 1, 300), Flat("b", 3, 100)]
    assert bill(flats, 10000)[:2] == ["a 30.0 m3 60.00 !", "b 10.0 m3 40.00"]


def test_c4_the_part_of_people_is_rounded_half_up() -> None:
    flats = [Flat("a", 1, 0), Flat("b", 1, 10)]
    assert bill(flats, 5)[0] == "a 0.0 m3 0.01"
    assert bill(flats, 15)[0] == "a 0.0 m3 0.03"
    assert bill(flats, 18)[0] == "a 0.0 m3 0.03"
    assert bill(flats, 12)[0] == "a 0.0 m3 0.02"


def test_c4_without_any_water_people_pay() -> None:
    assert bill([Flat("a", 1, 0), Flat("b", 3, 0)], 1000) == ["a 0.0 m3 2.50", "b 0.0 m3 7.50", "total 0.0 m3 10.00"]


def test_c5_more_than_twice_is_marked() -> None:
    assert bill([Flat("a", 1, 60), Flat("b", 2, 30)], 0)[0] == "a 6.0 m3 0.00"
    assert bill([Flat("a", 1, 61), Flat("b", 2, 30)], 0)[0] == "a 6.1 m3 0.00 !"
    assert bill([Flat("a", 2, 61), Flat("b", 1, 30)], 0)[0] == "a 6.1 m3 0.00"
    assert bill([Flat("a", 1, 61, True), Flat("b", 2, 30)], 0)[0] == "a 6.1 m3 0.00"


def test_c6_the_bill() -> None:
    flats = [Flat("top", 2, 105), Flat("mid", 1, 72, True), Flat("low", 4, 6)]
    assert bill(flats, 81241) == ["top 10.5 m3 395.93 !", "mid 7.2 m3 258.57", "low 0.6 m3 157.91", "total 18.3 m3 812.41"]


def test_c7_amounts_have_two_decimals() -> None:
    assert [parse_amount(text) for text in ("812.40", "0.07", "1000.99")] == [81240, 7, 100099]


@pytest.mark.parametrize("text", ["812", "812.4", "812.405", "-1.00", "1,00", ""])
def test_c7_other_amounts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_amount(text)


def test_c7_the_program_prints_the_bill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "meters.txt"
    file.write_text("a 1 0.0 1.0\nb 1 9999.9 2.9\n", encoding="utf-8")
    assert main([str(file), "10.00"]) == 0
    assert capsys.readouterr() == ("a 1.0 m3 3.25\nb 3.0 m3 6.75\ntotal 4.0 m3 10.00\n", "")


@pytest.mark.parametrize("text", [None, "a 1 1.0", "\n"])
def test_c7_a_file_that_cannot_be_used_ends_with_1(text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "meters.txt"
    if text:
        file.write_text(text, encoding="utf-8")
    assert main([str(file), "10.00"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("watershare: ")


@pytest.mark.parametrize("words", [[], ["a"], ["a", "10"], ["a", "10.00", "b"]])
def test_c7_a_wrong_call_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""
