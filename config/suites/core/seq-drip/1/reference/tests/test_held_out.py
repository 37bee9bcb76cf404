import pytest

from drip.beds import Bed
from drip.need import litres, needs, total


def test_c1_negative_areas_are_refused() -> None:
    with pytest.raises(ValueError, match="^Back: no area$"):
        Bed("Back", -4, "bean")
    with pytest.raises(ValueError, match="^Back: no crop Bean$"):
        Bed("Back", 4, "Bean")


def test_c2_what_is_begun_is_a_litre() -> None:
    assert [litres(Bed("B", 201, "bean"), degrees) for degrees in (9, 10, 25)] == [5, 10, 14]
    assert litres(Bed("B", 50, "herb"), 20) == 1


def test_c3_the_total_is_of_rounded_litres() -> None:
    beds = [Bed("C", 10, "herb"), Bed("B", 10, "herb"), Bed("B", 10, "bean")]
    assert needs(beds, 12) == {"B": 2, "C": 1}
    assert list(needs(beds, 12)) == ["B", "C"]
    assert total(beds, 12) == 3
