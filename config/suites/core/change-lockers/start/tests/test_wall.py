import pytest

from lockers.boxes import Box
from lockers.wall import Wall


def test_what_lies_there_is_listed_by_box() -> None:
    wall = Wall([Box(1), Box(2)])
    assert [wall.put("A", 5), wall.put("B", 6)] == [1, 2]
    assert wall.lying() == [("A", Box(1), 5), ("B", Box(2), 6)]


def test_a_full_wall_takes_nothing() -> None:
    with pytest.raises(ValueError, match="^no box for A$"):
        Wall([]).put("A", 1)


def test_what_is_not_there_cannot_be_taken() -> None:
    with pytest.raises(ValueError, match="^no parcel A$"):
        Wall([Box(1)]).take("A", 1)
