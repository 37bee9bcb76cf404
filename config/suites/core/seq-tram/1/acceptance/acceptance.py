"""What a passenger would try by hand."""

import sys

from tram.fares import full_cents, ride_cents
from tram.zones import zones_between

STOPS = {"Gate": 1, "Lake": 2, "Fort": 5, "Cape": 8}


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def main() -> int:
    assert [zones_between(STOPS, "Fort", name) for name in STOPS] == [5, 4, 1, 4]
    refused(lambda: zones_between(STOPS, "Fort", "Bay"), "no stop Bay")
    refused(lambda: zones_between(STOPS, "Bay", "Fort"), "no stop Bay")
    assert [full_cents(zones) for zones in range(1, 8)] == [240, 350, 460, 570, 680, 680, 680]
    ages = (0, 5, 6, 13, 14, 15, 30, 64, 65, 66)
    assert [ride_cents(STOPS, "Gate", "Lake", age) for age in ages] == [0, 0, 175, 175, 175, 350, 350, 350, 175, 175]
    assert [ride_cents(STOPS, "Cape", "Fort", age) for age in ages] == [0, 0, 285, 285, 285, 570, 570, 570, 285, 285]
    refused(lambda: ride_cents(STOPS, "Gate", "Lake", -1), "no age -1")
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
