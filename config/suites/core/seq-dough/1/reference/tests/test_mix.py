import pytest

from dough.mix import mix
from dough.recipe import Recipe, hydration

RYE = Recipe("rye", {"water": 70, "salt": 2, "leaven": 28})


def test_c1_percentages_are_above_0() -> None:
    assert Recipe("thin", {"salt": 1}).parts == {"salt": 1}
    with pytest.raises(ValueError, match="^salt: no percentage$"):
        Recipe("odd", {"water": 60, "salt": 0})
    with pytest.raises(ValueError, match="^flour is always 100$"):
        Recipe("odd", {"flour": 100})


def test_c2_parts_are_weighed() -> None:
    assert list(mix(RYE, 1000).items()) == [("flour", 500), ("water", 350), ("salt", 10), ("leaven", 140)]
    assert mix(Recipe("half", {"oil": 100}), 5) == {"flour": 2, "oil": 3}
    assert mix(Recipe("plain", {}), 7) == {"flour": 7}
    assert mix(RYE, 1)["flour"] == 1
    with pytest.raises(ValueError, match="^no dough of 0 g$"):
        mix(RYE, 0)


def test_c3_milk_is_mostly_water() -> None:
    assert hydration(RYE) == 70
    assert hydration(Recipe("roll", {"milk": 50, "water": 10})) == 54
    assert hydration(Recipe("roll", {"milk": 60})) == 52
    assert hydration(Recipe("dry", {"oil": 9})) == 0
