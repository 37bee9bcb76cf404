"""What a baker would try by hand."""

import sys

from dough.mix import mix
from dough.recipe import Recipe, hydration


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def main() -> int:
    refused(lambda: Recipe("x", {"water": 60, "oil": 0}), "oil: no percentage")
    refused(lambda: Recipe("x", {"flour": 50}), "flour is always 100")
    oat = Recipe("oat", {"milk": 30, "water": 45, "salt": 2, "honey": 4})
    found = mix(oat, 3000)
    assert found["milk"] == 497 and found["water"] == 746 and found["salt"] == 33 and found["honey"] == 66, found
    assert list(found) == ["flour", "milk", "water", "salt", "honey"] and found["flour"] == 1658, found
    assert mix(Recipe("x", {"oil": 100}), 9) == {"flour": 4, "oil": 5}
    assert mix(Recipe("x", {}), 1) == {"flour": 1}
    refused(lambda: mix(oat, 0), "no dough of 0 g")
    wet = [hydration(Recipe("x", parts)) for parts in ({"water": 66}, {"milk": 50}, {"milk": 49, "water": 1}, {"oil": 5})]
    assert wet == [66, 44, 44, 0], wet
    assert hydration(oat) == 71
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
