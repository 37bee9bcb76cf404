"""What a baker would try by hand."""

import sys

from dough.orders import Order, dough_grams, loaves_by_recipe, shopping
from dough.oven import loads
from dough.recipe import Recipe, hydration

BOOK = {
    "plait": Recipe("plait", {"milk": 60, "butter": 15}, 450, 190),
    "stick": Recipe("stick", {"water": 65, "salt": 2}, 300, 245),
    "loaf": Recipe("loaf", {"water": 75, "salt": 2}, degrees=245),
}


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def main() -> int:
    assert (BOOK["loaf"].loaf_grams, Recipe("x", {}).degrees, hydration(BOOK["plait"])) == (1000, 230, 52)
    refused(lambda: Order("Mia", "loaf", 0), "Mia: no loaves")
    orders = [Order("Mia", "stick", 20), Order("Noa", "plait", 3), Order("Oda", "loaf", 12), Order("Mia", "stick", 5)]
    assert list(loaves_by_recipe(iter(orders)).items()) == [("loaf", 12), ("plait", 3), ("stick", 25)]
    assert [dough_grams(BOOK["stick"], n) for n in (1, 2, 5, 10)] == [310, 620, 1530, 3060]
    found = loads(BOOK, iter(orders))
    assert found == [("loaf", 12), ("stick", 12), ("stick", 12), ("stick", 1), ("plait", 3)], found
    assert loads(BOOK, []) == []
    bought = shopping(BOOK, [Order("Mia", "stick", 1), Order("Noa", "plait", 1), Order("Mia", "plait", 1)])
    assert list(bought.items()) == [("butter", 79), ("flour", 711), ("milk", 315), ("salt", 4), ("water", 121)], bought
    assert shopping(BOOK, iter([])) == {}
    refused(lambda: loads(BOOK, [Order("Mia", "cake", 1)]), "no recipe cake")
    refused(lambda: shopping(BOOK, [Order("Mia", "cake", 1)]), "no recipe cake")
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
