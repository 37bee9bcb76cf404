"""What a pantry holds, and what it refuses."""

import pytest

from pantry.items import Item


def test_taking_leaves_the_rest() -> None:
    assert Item("flour", 1500, "g").changed(-400) == Item("flour", 1100, "g")


def test_more_than_there_is_cannot_be_taken() -> None:
    with pytest.raises(ValueError, match="only 2 pcs of eggs left"):
        Item("eggs", 2).changed(-3)


@pytest.mark.parametrize(("name", "amount"), [("", 1), ("  ", 1), ("eggs", -1)])
def test_what_is_no_item_is_refused(name: str, amount: int) -> None:
    with pytest.raises(ValueError):
        Item(name, amount)
