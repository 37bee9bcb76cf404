import pytest

from drip.beds import Bed
from drip.need import litres, needs, total
from drip.rain import useful_mm10


def test_c1_the_sum_is_rounded_down() -> None:
    assert useful_mm10([0, 3]) == 3
    assert useful_mm10([3, 0]) == 1
    assert useful_mm10([50, 4, 2, 1]) == 3
    with pytest.raises(ValueError, match="negative"):
        useful_mm10([5, -5])


def test_c2_it_is_rounded_after_the_rain() -> None:
    assert litres(Bed("X", 30, "bean"), 15, [12]) == 1
    assert litres(Bed("X", 30, "bean"), 15, [11]) == 2
    assert litres(Bed("X", 30, "bean", covered=True), 15, [12]) == 2
    assert litres(Bed("X", 30, "bean"), 9, [99]) == 0


def test_c3_all_beds_in_the_rain() -> None:
    beds = [Bed("Y", 100, "bean", True), Bed("X", 100, "bean"), Bed("Y", 100, "bean")]
    assert needs(iter(beds), 10, [20, 40, 0]) == {"X": 2, "Y": 7}
    assert total(iter(beds), 10, [20, 40, 0]) == 9
