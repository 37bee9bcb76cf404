"""What a gardener would try by hand."""

import sys

from drip.beds import Bed
from drip.need import litres, needs, total
from drip.rain import useful_mm10


def main() -> int:
    found = [useful_mm10(days) for days in ([8], [8, 0], [8, 0, 0], [8, 0, 0, 0], [1, 2, 3], [6, 1, 1], ())]
    assert found == [8, 4, 2, 0, 4, 3, 0], found
    for days in ([-1], [-1, 5, 5, 5]):
        try:
            useful_mm10(days)
        except ValueError as error:
            assert str(error) == "rain cannot be negative", str(error)
        else:
            raise AssertionError("negative rain")
    bed = Bed("N", 250, "herb")
    assert [litres(bed, 18, [rain]) for rain in (0, 3, 4, 5, 19, 20, 21)] == [5, 5, 4, 4, 1, 0, 0]
    assert [litres(bed, degrees, [6]) for degrees in (9, 10, 24, 25)] == [1, 4, 4, 6]
    assert litres(Bed("N", 250, "herb", True), 18, [20]) == 5
    beds = [Bed("S", 250, "herb"), Bed("N", 250, "herb", True), Bed("E", 100, "tomato")]
    assert list(needs(beds, 18, [0, 40]).items()) == [("E", 2), ("N", 5), ("S", 0)]
    assert total((bed for bed in beds), 18, [0, 40]) == 7
    assert total(beds, 18) == 16
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
