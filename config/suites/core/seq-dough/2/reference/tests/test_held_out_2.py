import pytest

from dough.orders import Order, dough_grams, loaves_by_recipe, shopping
from dough.oven import loads
from dough.recipe import Recipe

BOOK = {
    "bun": Recipe("bun", {"milk": 100}, 50, 200),
    "bap": Recipe("bap", {"milk": 50}, 100, 200),
    "big": Recipe("big", {"water": 60}),
}


def test_c1_one_customer_may_order_twice() -> None:
    assert loaves_by_recipe([Order("X", "bun", 2), Order("X", "bun", 2), Order("X", "bap", 9)]) == {"bap": 9, "bun": 4}
    assert (dough_grams(BOOK["bun"], 3), dough_grams(BOOK["bap"], 50)) == (160, 5100)
    with pytest.raises(ValueError, match="^Y: no loaves$"):
        Order("Y", "bun", -1)


def test_c2_equal_heat_goes_by_name() -> None:
    orders = [Order("X", "bun", 12), Order("Y", "big", 1), Order("Z", "bap", 24)]
    assert loads(BOOK, orders) == [("big", 1), ("bap", 12), ("bap", 12), ("bun", 12)]
    with pytest.raises(ValueError, match="no recipe tart"):
        loads(BOOK, [*orders, Order("X", "tart", 2)])


def test_c3_one_dough_a_recipe() -> None:
    assert shopping(BOOK, [Order("X", "bun", 1), Order("Y", "bun", 1)]) == {"flour": 55, "milk": 55}
    assert shopping(BOOK, [Order("X", "bap", 3), Order("Y", "bun", 2)]) == {"flour": 262, "milk": 158}
    with pytest.raises(ValueError, match="no recipe tart"):
        shopping(BOOK, [Order("X", "tart", 2)])
