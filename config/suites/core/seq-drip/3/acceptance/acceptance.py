"""What a gardener would try by hand."""

import sys

from drip.beds import Bed
from drip.need import needs
from drip.tank import dry_day, share


def refused(call) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == "a tank cannot hold less than 0", str(error)
    else:
        raise AssertionError("a negative tank")


def main() -> int:
    wanted = needs([Bed("S", 250, "herb"), Bed("N", 100, "tomato"), Bed("E", 50, "bean")], 18)
    assert wanted == {"E": 3, "N": 6, "S": 5}
    assert share(wanted, 14) == wanted and share(wanted, 50) == wanted
    assert list(share(wanted, 10).items()) == [("E", 2), ("N", 4), ("S", 4)], share(wanted, 10)
    assert share(wanted, 1) == {"E": 0, "N": 1, "S": 0}
    assert share(wanted, 13) == {"E": 3, "N": 5, "S": 5}
    assert share({"D": 2, "C": 2, "B": 2, "A": 0}, 4) == {"A": 0, "B": 2, "C": 1, "D": 1}
    assert share({"D": 2, "C": 2}, 0) == {"C": 0, "D": 0}
    assert share({}, 3) == {}
    assert [dry_day([wanted] * 3, stored) for stored in (13, 14, 27, 28, 41, 42)] == [1, 2, 2, 3, 3, None]
    assert dry_day(iter([]), 0) is None
    refused(lambda: share(wanted, -1))
    refused(lambda: dry_day([wanted], -1))
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
