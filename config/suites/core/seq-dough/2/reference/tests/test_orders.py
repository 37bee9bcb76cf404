import pytest

from dough.orders import Order, dough_grams, loaves_by_recipe, shopping
from dough.oven import loads
from dough.recipe import Recipe

RYE = Recipe("rye", {"water": 70, "salt": 2, "leaven": 28}, degrees=250)
ROLL = Recipe("roll", {"water": 60, "salt": 2}, 80)
OAT = Recipe("oat", {"water": 100})
BOOK = {"rye": RYE, "roll": ROLL, "oat": OAT}


def test_c1_loaves_are_added_up() -> None:
    orders = [Order("Ada", "rye", 3), Order("Bo", "oat", 1), Order("Cy", "rye", 4)]
    assert list(loaves_by_recipe(iter(orders)).items()) == [("oat", 1), ("rye", 7)]
    assert Order("Ada", "rye", 1).loaves == 1
    with pytest.raises(ValueError, match="^Ada: no loaves$"):
        Order("Ada", "rye", 0)


def test_c1_the_bowl_keeps_some() -> None:
    assert [dough_grams(ROLL, loaves) for loaves in (1, 5, 125)] == [90, 410, 10200]
    assert dough_grams(OAT, 1) == 1020


def test_c2_loads_of_twelve() -> None:
    orders = [Order("Ada", "roll", 25), Order("Bo", "oat", 12), Order("Cy", "rye", 13)]
    assert loads(BOOK, orders) == [("rye", 12), ("rye", 1), ("oat", 12), ("roll", 12), ("roll", 12), ("roll", 1)]
    assert loads(BOOK, []) == []
    with pytest.raises(ValueError, match="^no recipe pie$"):
        loads(BOOK, [Order("Ada", "pie", 1)])


def test_c3_parts_are_added_up() -> None:
    orders = [Order("Ada", "oat", 1), Order("Bo", "rye", 1), Order("Cy", "oat", 1)]
    assert list(shopping(BOOK, orders).items()) == [("flour", 1530), ("leaven", 143), ("salt", 10), ("water", 1377)]
    assert shopping(BOOK, []) == {}
    with pytest.raises(ValueError, match="^no recipe pie$"):
        shopping(BOOK, [Order("Ada", "pie", 1)])
