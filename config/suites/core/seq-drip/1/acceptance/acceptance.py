"""What a gardener would try by hand."""

import sys

from drip.beds import Bed
from drip.need import litres, needs, total


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def main() -> int:
    refused(lambda: Bed("N", 0, "bean"), "N: no area")
    refused(lambda: Bed("N", 3, "rose"), "N: no crop rose")
    assert [litres(Bed("N", 250, crop), 18) for crop in ("tomato", "bean", "herb")] == [15, 12, 5]
    assert [litres(Bed("N", 250, "tomato"), d) for d in (-20, 9, 10, 24, 25)] == [8, 8, 15, 15, 23]
    assert litres(Bed("N", 1, "herb"), 0) == 1
    beds = [Bed("N", 30, "bean"), Bed("E", 250, "herb"), Bed("N", 20, "tomato")]
    assert list(needs((bed for bed in beds), 18).items()) == [("E", 5), ("N", 4)]
    assert total((bed for bed in beds), 25) == 8 + 3 + 2
    assert total([], 25) == 0
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
