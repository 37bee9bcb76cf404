import pytest

from lockers.boxes import Box
from lockers.fees import fee_cents
from lockers.notices import notices
from lockers.wall import Wall


def test_c1_a_larger_box_only_where_needed() -> None:
    wall = Wall([Box(1, "L"), Box(9, "S"), Box(8, "S")])
    assert [wall.put("P", 0, "S"), wall.put("Q", 0, "M"), wall.put("R", 0, "S")] == [8, 1, 9]
    with pytest.raises(ValueError, match="^no box for T$"):
        wall.put("T", 0)
    with pytest.raises(ValueError, match="^P is here already$"):
        wall.put("P", 4, "S")
    with pytest.raises(ValueError, match="^box 2: no size $"):
        Box(2, "")


def test_c2_the_box_decides_the_fee() -> None:
    wall = Wall([Box(1, "S"), Box(2, "M")])
    wall.put("P", 7, "S")
    wall.put("Q", 7, "S")
    assert (wall.take("P", 17), wall.take("Q", 11)) == (350, 80)
    assert fee_cents("L", 3) == 0


def test_c3_ten_days_are_not_too_long() -> None:
    wall = Wall([Box(1, "S"), Box(2, "M"), Box(3, "L")])
    for name, day in (("Z", 0), ("Y", 0), ("X", 1)):
        wall.put(name, day, "S")
    assert wall.send_back(10) == []
    assert wall.send_back(11) == ["Y", "Z"]
    assert wall.lying() == [("X", Box(3, "L"), 1)]
    assert wall.put("Y", 11, "S") == 1
    assert wall.put("B", 12, "S") == 2
    assert wall.send_back(40) == ["X", "Y", "B"]


def test_c4_each_parcel_has_a_notice() -> None:
    wall = Wall([Box(6, "L"), Box(5, "S")])
    wall.put("P", 1, "M")
    wall.put("Q", 2, "S")
    assert notices(wall, 4) == ["Q: box 5, 1 day left", "P: box 6, last day"]
    assert notices(wall, 14) == ["Q: box 5, 4.50 EUR", "P: box 6, 12.00 EUR"]
    assert notices(Wall([]), 3) == []
