"""What the harbour master would try by hand."""

import sys

from quay.berths import Berth, fits
from quay.boats import Boat
from quay.harbour import assign, takings_cents
from quay.tariff import night_cents, stay_cents


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def boats_have_hulls() -> None:
    assert Boat("Eve", 720, 95).hulls == 1
    assert [Boat("Eve", 720, 95, hulls=n).is_multihull for n in (1, 2, 3)] == [False, True, True]
    refused(lambda: Boat("Eve", 720, 95, 0), "Eve: a boat has 1 to 3 hulls")
    refused(lambda: Boat("Log", 720, 95, 4), "Log: a boat has 1 to 3 hulls")


def berths_fit() -> None:
    assert not Berth(1, 700, 200).wide
    assert fits(Berth(1, 700, 200), Boat("Eve", 700, 170))
    assert not fits(Berth(1, 700, 200), Boat("Eve", 700, 171))
    assert not fits(Berth(1, 700, 200), Boat("Eve", 701, 100))
    assert fits(Berth(1, 700, 200, True), Boat("Eve", 700, 100, 1))
    assert fits(Berth(1, 700, 200, True), Boat("Eve", 700, 100, 2))
    assert not fits(Berth(1, 700, 200, False), Boat("Eve", 700, 100, 2))


def nights_cost() -> None:
    assert night_cents(Boat("Eve", 900, 80)) == 1975
    assert night_cents(Boat("Eve", 900, 80, 3)) == 2970
    assert night_cents(Boat("Eve", 901, 80, 2)) == 3230
    assert night_cents(Boat("Eve", 1101, 80, 2)) == 3750
    found = [stay_cents(Boat("Eve", 900, 80), n) // 1975 for n in (1, 5, 6, 7, 8, 13, 14, 15, 70)]
    assert found == [1, 5, 6, 6, 7, 12, 12, 13, 60], found
    refused(lambda: stay_cents(Boat("Eve", 900, 80), 0), "a stay has at least one night")


def boats_are_placed() -> None:
    boats = [Boat("Mo", 650, 60), Boat("Li", 650, 60), Boat("Cat", 640, 60, 2), Boat("Big", 1900, 200), Boat("Al", 900, 60)]
    berths = [Berth(7, 1000, 300, True), Berth(3, 700, 300), Berth(2, 700, 300), Berth(5, 950, 300), Berth(6, 700, 80)]
    placed, waiting = assign(boats, berths)
    assert placed == {"Al": 5, "Li": 2, "Mo": 3, "Cat": 7}, placed
    assert waiting == ["Big"], waiting
    assert assign(boats, []) == ({}, ["Mo", "Li", "Cat", "Big", "Al"])
    paid = takings_cents(boats, berths, 14)
    assert paid == 12 * (1975 + 1625 + 1625 + 2440), paid


def main() -> int:
    for check in (boats_have_hulls, berths_fit, nights_cost, boats_are_placed):
        try:
            check()
        except Exception as error:
            print(f"{check.__name__}: {type(error).__name__}: {error}")
            return 1
    print("accepted")
    return 0


sys.exit(main())
