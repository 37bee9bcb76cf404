"""Programs, their curve, energy and report."""

import pytest

from kiln.curve import duration, move_minutes, temperature_at
from kiln.energy import cost_cents, energy_wh
from kiln.program import Segment, parse_program
from kiln.report import report


def test_c1_segments_are_read_in_order() -> None:
    assert parse_program("100 600 20\n 60  300\t0 ") == [Segment(100, 600, 20), Segment(60, 300, 0)]


def test_c1_empty_lines_and_comments_are_skipped() -> None:
    assert parse_program("# bisque\n\n   \n100 600 20\n#5 5\n") == [Segment(100, 600, 20)]


def test_c1_the_limits_are_allowed() -> None:
    assert parse_program("1 20 0\n400 1300 600") == [Segment(1, 20, 0), Segment(400, 1300, 600)]


@pytest.mark.parametrize(
    "line",
    ["0 600 20", "401 600 20", "100 19 20", "100 1301 20", "100 600 601", "100 600", "1 600 2 3", "a 600 20", "9.5 600 1", "9 600 -1"],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_program(f"# first\n100 600 20\n{line}")


def test_c2_an_empty_program_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        parse_program("\n# nothing\n")


def test_c3_a_move_is_rounded_up() -> None:
    assert move_minutes(20, Segment(60, 100, 0)) == 80
    assert move_minutes(20, Segment(70, 100, 0)) == 69
    assert move_minutes(500, Segment(400, 493, 0)) == 2
    assert move_minutes(100, Segment(60, 100, 9)) == 0


def test_c3_each_move_is_rounded_for_itself() -> None:
    program = [Segment(70, 100, 5), Segment(400, 200, 0), Segment(70, 120, 7)]
    assert duration(program) == 69 + 5 + 15 + 69 + 7


def test_c4_it_rises_and_falls_by_the_rate() -> None:
    program = [Segment(90, 100, 10), Segment(60, 50, 3)]
    assert temperature_at(program, 0) == 20
    assert temperature_at(program, 1) == 22
    assert temperature_at(program, 2) == 23
    assert temperature_at(program, 53) == 100
    assert temperature_at(program, 54) == 100
    assert temperature_at(program, 64) == 100
    assert temperature_at(program, 65) == 99
    assert temperature_at(program, 114) == 50
    assert temperature_at(program, 117) == 50


def test_c4_half_a_degree_is_rounded_up_when_it_falls() -> None:
    program = [Segment(60, 80, 0), Segment(90, 20, 0)]
    assert temperature_at(program, 61) == 79
    assert temperature_at(program, 62) == 77


def test_c4_a_negative_minute_is_refused() -> None:
    with pytest.raises(ValueError):
        temperature_at([Segment(90, 100, 10)], -1)


def test_c5_it_cools_to_twenty_degrees() -> None:
    program = [Segment(60, 80, 5)]
    assert [temperature_at(program, minute) for minute in (65, 66, 67, 94, 95, 96, 500)] == [80, 78, 76, 22, 20, 20, 20]


def test_c6_rising_holding_and_falling() -> None:
    assert energy_wh([Segment(60, 80, 10)]) == 60 * 150 + 10 * 40
    assert energy_wh([Segment(60, 80, 0), Segment(60, 70, 1)]) == 60 * 150 + 40


def test_c6_a_hot_hold_begins_at_a_thousand_degrees() -> None:
    rising = move_minutes(20, Segment(400, 1000, 0)) * 150
    assert energy_wh([Segment(400, 1000, 4)]) == rising + 4 * 90
    assert energy_wh([Segment(400, 1000, 0), Segment(60, 999, 4)]) == rising + 4 * 40


def test_c7_the_cost_is_rounded_half_up() -> None:
    assert cost_cents([Segment(60, 30, 0)], 1) == 2
    assert cost_cents([Segment(60, 30, 0)], 3) == 5
    assert cost_cents([Segment(60, 29, 0)], 1) == 1
    assert cost_cents([Segment(60, 80, 10)], 30) == 282


def test_c8_the_report_has_four_lines() -> None:
    assert report("60 80 10\n60 50 0", 31) == "time 1:40\npeak 80\nenergy 9400 Wh\ncost 2.91"
    assert report("60 80 5", 1) == "time 1:05\npeak 80\nenergy 9200 Wh\ncost 0.09"
