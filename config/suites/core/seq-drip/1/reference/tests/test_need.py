import pytest

from drip.beds import RATES, Bed
from drip.need import litres, needs, total


def test_c1_a_bed_needs_an_area_and_a_crop() -> None:
    assert Bed("A", 1, "herb").crop == "herb"
    with pytest.raises(ValueError, match="^A: no area$"):
        Bed("A", 0, "herb")
    with pytest.raises(ValueError, match="^A: no crop oak$"):
        Bed("A", 5, "oak")
    assert RATES == {"tomato": 60, "bean": 45, "herb": 20}


def test_c2_heat_makes_thirsty() -> None:
    bed = Bed("A", 100, "tomato")
    assert [litres(bed, degrees) for degrees in (-5, 9, 10, 24, 25, 40)] == [3, 3, 6, 6, 9, 9]
    assert litres(Bed("A", 1, "herb"), 15) == 1
    assert litres(Bed("A", 100, "bean"), 15) == 5


def test_c3_beds_are_listed_by_name() -> None:
    beds = [Bed("Z", 100, "herb"), Bed("A", 100, "tomato"), Bed("Z", 150, "herb")]
    assert list(needs(iter(beds), 15).items()) == [("A", 6), ("Z", 5)]
    assert total(iter(beds), 30) == 9 + 3 + 5
    assert (needs([], 15), total([], 15)) == ({}, 0)
