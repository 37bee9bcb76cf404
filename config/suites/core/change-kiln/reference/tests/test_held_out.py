import pytest

from kiln.cost import firing_cents
from kiln.report import report
from kiln.schedule import temperature_at, total_minutes
from kiln.segments import Segment, direction, ramp_minutes


def test_c1_down_and_up_again() -> None:
    segments = [Segment(150, 320, 1), Segment(90, 170, 2), Segment(7, 171)]
    assert total_minutes(segments) == 120 + 1 + 100 + 2 + 9
    assert ramp_minutes(Segment(7, 20), 20) == 0
    assert direction(Segment(7, 19), 20) == "down"


def test_c2_a_negative_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="a rate of at least 1"):
        Segment(-100, 500)
    with pytest.raises(ValueError, match="^1400 is too hot$"):
        Segment(100, 1400)
    with pytest.raises(ValueError, match="a hold cannot be negative"):
        Segment(100, 500, -30)


def test_c3_halves_are_rounded_up() -> None:
    segments = [Segment(30, 30), Segment(30, 10, 4)]
    assert [temperature_at(segments, minute) for minute in range(1, 6)] == [21, 21, 22, 22, 23]
    assert [temperature_at(segments, minute) for minute in (20, 21, 22, 60, 61, 64, 65)] == [30, 30, 29, 10, 10, 10, 10]
    assert temperature_at([], 5) == 20


def test_c4_holding_is_cheaper_than_heating() -> None:
    assert firing_cents([Segment(120, 220, 30), Segment(60, 200, 10)]) == 100 * 9 + 40 * 4
    assert firing_cents([]) == 0


def test_c5_cooling_makes_a_firing_long() -> None:
    heat = Segment(60, 320)
    assert firing_cents([heat, Segment(60, 20, 120)]) == 2700 + 480
    assert firing_cents([heat, Segment(60, 19, 120)]) == 2700 + 480 + 150


def test_c6_no_hold_is_not_told() -> None:
    assert report([Segment(60, 80), Segment(60, 20, 1)])[:2] == ["1 up to 80 in 60 min", "2 down to 20 in 60 min, hold 1 min"]


def test_c7_hours_and_cents_have_two_digits() -> None:
    assert report([Segment(60, 21)])[-1] == "total 0 h 01 min, 0.09 EUR"
    assert report([Segment(60, 620, 59)])[-1] == "total 10 h 59 min, 56.36 EUR"
