import pytest

from dough.mix import mix
from dough.recipe import Recipe, hydration


def test_c1_negative_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="^oil: no percentage$"):
        Recipe("odd", {"oil": -3})
    with pytest.raises(ValueError, match="flour is always 100"):
        Recipe("odd", {"flour": 0})


def test_c2_flour_takes_what_is_left() -> None:
    roll = Recipe("roll", {"water": 62, "yeast": 3, "salt": 2})
    found = mix(roll, 1234)
    assert found == {"flour": 739, "water": 458, "yeast": 22, "salt": 15}
    assert (sum(found.values()), list(found)[0]) == (1234, "flour")
    with pytest.raises(ValueError, match="^no dough of -5 g$"):
        mix(roll, -5)


def test_c3_halves_are_rounded_up() -> None:
    assert hydration(Recipe("a", {"milk": 50})) == 44
    assert hydration(Recipe("b", {"milk": 10, "water": 5})) == 14
    assert hydration(Recipe("c", {"milk": 20})) == 17
