import pytest

from drip.beds import Bed
from drip.need import litres, needs, total
from drip.rain import useful_mm10

A = Bed("A", 100, "tomato")


def test_c1_newer_rain_counts_more() -> None:
    assert [useful_mm10(days) for days in ([], [7], [10, 0], [20, 0, 0], [99, 0, 0, 0])] == [0, 7, 5, 5, 0]
    assert useful_mm10([1, 1, 1]) == 1
    assert useful_mm10([3, 3, 3]) == 5
    with pytest.raises(ValueError, match="^rain cannot be negative$"):
        useful_mm10([-1, 0, 0, 0])


def test_c2_rain_lowers_the_need() -> None:
    assert [litres(A, 15, [rain]) for rain in (0, 9, 10, 11, 60, 500)] == [6, 6, 5, 5, 0, 0]
    assert litres(A, 30, [30]) == 6
    assert litres(A, 5, [5]) == 3


def test_c2_covered_beds_stay_dry() -> None:
    assert litres(Bed("A", 100, "tomato", True), 15, [60]) == 6
    assert not A.covered


def test_c3_needs_know_the_rain() -> None:
    beds = [Bed("B", 100, "herb"), A]
    assert needs(beds, 15, [25]) == {"A": 4, "B": 0}
    assert total(beds, 15, [25]) == 4
    assert total(beds, 15) == 8
