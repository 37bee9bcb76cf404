"""What the potter would try by hand."""

import sys

from kiln.cost import firing_cents
from kiln.report import report
from kiln.schedule import temperature_at, total_minutes
from kiln.segments import Segment, direction, ramp_minutes


def refused(rate: int, target: int, hold: int, message: str) -> None:
    try:
        Segment(rate, target, hold)
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def segments_are_checked() -> None:
    refused(0, 700, 0, "a segment needs a rate of at least 1")
    refused(-1, 700, 0, "a segment needs a rate of at least 1")
    refused(50, 1301, 0, "1301 is too hot")
    refused(50, 1300, -1, "a hold cannot be negative")
    assert [direction(Segment(1, 300), t) for t in (10, 300, 1000)] == ["up", "stay", "down"]


def minutes_are_counted() -> None:
    assert ramp_minutes(Segment(80, 400), 800) == 300
    assert ramp_minutes(Segment(80, 401), 800) == 300
    assert ramp_minutes(Segment(80, 401), 400) == 1
    assert total_minutes([Segment(120, 220, 15), Segment(240, 100)]) == 145
    assert total_minutes([]) == 0


def temperatures_are_told() -> None:
    segments = [Segment(40, 40, 3), Segment(20, 25)]
    found = [temperature_at(segments, minute) for minute in (-1, 0, 1, 2, 3, 15, 29, 30, 32, 33, 34, 35, 36, 77, 78, 500)]
    assert found == [20, 20, 21, 21, 22, 30, 39, 40, 40, 40, 40, 39, 39, 25, 25, 25], found
    assert temperature_at([], 9) == 20


def firings_cost() -> None:
    assert firing_cents([]) == 0
    assert firing_cents([Segment(100, 620, 20), Segment(100, 520, 10)]) == 360 * 9 + 30 * 4
    assert firing_cents([Segment(100, 620, 360)]) == 3240 + 1440
    assert firing_cents([Segment(100, 620, 300), Segment(100, 518)]) == 3240 + 1200 + 150


def reports_are_written() -> None:
    found = report([Segment(120, 220, 0), Segment(60, 220, 25), Segment(240, 100)])
    assert found == [
        "1 up to 220 in 100 min",
        "2 stay at 220 in 0 min, hold 25 min",
        "3 down to 100 in 30 min",
        "total 2 h 35 min, 10.00 EUR",
    ], found
    assert report([]) == ["total 0 h 00 min, 0.00 EUR"]
    assert report([Segment(60, 25, 1)])[0] == "1 up to 25 in 5 min, hold 1 min"
    assert report([Segment(60, 25, 2)])[-1] == "total 0 h 07 min, 0.53 EUR"


def main() -> int:
    for check in (segments_are_checked, minutes_are_counted, temperatures_are_told, firings_cost, reports_are_written):
        try:
            check()
        except Exception as error:
            print(f"{check.__name__}: {type(error).__name__}: {error}")
            return 1
    print("accepted")
    return 0


sys.exit(main())
