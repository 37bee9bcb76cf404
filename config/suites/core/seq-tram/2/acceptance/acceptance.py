"""What a passenger would try by hand."""

import sys

from tram.days import Ride, charges, day_cents
from tram.fares import for_age, ride_cents

STOPS = {"Gate": 1, "Lake": 2, "Fort": 5, "Cape": 8}


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def day(*rides: tuple[int, str, str], age: int = 30) -> list[int]:
    found = charges(STOPS, [Ride(*ride) for ride in rides], age)
    assert sum(found) == day_cents(STOPS, (Ride(*ride) for ride in rides), age)
    return found


def main() -> int:
    assert day() == []
    assert day((300, "Gate", "Gate"), (389, "Lake", "Lake"), (390, "Lake", "Lake")) == [240, 0, 240]
    assert day((389, "Gate", "Lake"), (300, "Gate", "Gate"), (390, "Gate", "Lake")) == [240, 110, 350]
    assert day((0, "Gate", "Fort"), (50, "Lake", "Cape"), (89, "Gate", "Gate"), (90, "Gate", "Gate")) == [680, 0, 0, 170]
    assert day((0, "Gate", "Lake"), (10, "Lake", "Fort"), (20, "Fort", "Gate")) == [350, 220, 110]
    assert day((0, "Cape", "Fort"), (500, "Cape", "Fort"), (505, "Cape", "Gate"), (800, "Gate", "Gate")) == [570, 280, 0, 0]
    assert day((0, "Cape", "Fort"), (500, "Cape", "Fort"), (800, "Gate", "Gate"), age=66) == [285, 140, 0]
    assert day((1439, "Cape", "Fort"), (0, "Cape", "Fort"), age=5) == [0, 0]
    refused(lambda: day((-1, "Gate", "Lake")), "no minute -1")
    refused(lambda: day((1440, "Gate", "Lake")), "no minute 1440")
    refused(lambda: day((4, "Gate", "Bay")), "no stop Bay")
    refused(lambda: day((4, "Gate", "Lake"), age=-3), "no age -3")
    refused(lambda: for_age(10, -1), "no age -1")
    assert [for_age(c, 14) for c in (0, 1, 10, 11, 285)] == [0, 5, 5, 10, 145]
    assert ride_cents(STOPS, "Gate", "Lake", 6) == 175
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
