import pytest

from kiln.cost import firing_cents
from kiln.report import report
from kiln.schedule import temperature_at, total_minutes
from kiln.segments import Segment, direction, ramp_minutes


def test_c1_cooling_takes_as_long_as_heating() -> None:
    assert ramp_minutes(Segment(100, 500), 600) == 60
    assert ramp_minutes(Segment(100, 499), 600) == 61
    assert total_minutes([Segment(60, 120), Segment(120, 20, 7)]) == 100 + 50 + 7


def test_c1_the_direction_is_told() -> None:
    segment = Segment(100, 500)
    assert [direction(segment, before) for before in (499, 500, 501)] == ["up", "stay", "down"]


def test_c2_what_no_kiln_can_do_is_refused() -> None:
    assert Segment(1, 1300, 0).target == 1300
    with pytest.raises(ValueError, match="^a segment needs a rate of at least 1$"):
        Segment(0, 500)
    with pytest.raises(ValueError, match="^1301 is too hot$"):
        Segment(100, 1301)
    with pytest.raises(ValueError, match="^a hold cannot be negative$"):
        Segment(100, 500, -1)


def test_c3_it_lies_on_the_line() -> None:
    segments = [Segment(60, 120, 10), Segment(30, 20)]
    assert [temperature_at(segments, minute) for minute in (-5, 0, 1, 50, 99, 100)] == [20, 20, 21, 70, 119, 120]
    assert [temperature_at(segments, minute) for minute in (109, 110, 111, 112, 310, 900)] == [120, 120, 120, 119, 20, 20]


def test_c4_cooling_costs_nothing() -> None:
    assert firing_cents([Segment(60, 120, 10), Segment(60, 20, 5)]) == 100 * 9 + 15 * 4
    assert firing_cents([Segment(60, 20, 3)]) == 12


def test_c5_a_long_firing_costs_more() -> None:
    assert firing_cents([Segment(60, 120, 620)]) == 900 + 2480
    assert firing_cents([Segment(60, 120, 621)]) == 900 + 2484 + 150


def test_c6_a_line_for_each_segment() -> None:
    segments = [Segment(100, 600, 10), Segment(50, 600, 5), Segment(200, 500)]
    assert report(segments)[:3] == [
        "1 up to 600 in 348 min, hold 10 min",
        "2 stay at 600 in 0 min, hold 5 min",
        "3 down to 500 in 30 min",
    ]


def test_c7_the_total_comes_last() -> None:
    assert report([Segment(60, 120, 25)])[-1] == "total 2 h 05 min, 10.00 EUR"
    assert report([]) == ["total 0 h 00 min, 0.00 EUR"]
