import pytest

from lockers.boxes import Box, holds
from lockers.fees import fee_cents
from lockers.notices import notices
from lockers.wall import Wall


def test_c1_the_smallest_box_that_holds_it() -> None:
    wall = Wall([Box(5, "L"), Box(4, "M"), Box(3, "M"), Box(2, "S")])
    assert [wall.put(name, 1, size) for name, size in zip("ABCD", "SSMM", strict=True)] == [2, 3, 4, 5]
    with pytest.raises(ValueError, match="^no box for E$"):
        wall.put("E", 1, "S")
    assert [holds(Box(1, "M"), size) for size in ("S", "M", "L", "XL")] == [True, True, False, False]


def test_c1_sizes_and_names_are_checked() -> None:
    with pytest.raises(ValueError, match="^box 7: no size XL$"):
        Box(7, "XL")
    wall = Wall([Box(1, "L"), Box(2, "L")])
    with pytest.raises(ValueError, match="^no box for A$"):
        wall.put("A", 1, "XL")
    wall.put("A", 1)
    with pytest.raises(ValueError, match="^A is here already$"):
        wall.put("A", 2)


def test_c2_three_days_are_free() -> None:
    assert [fee_cents("M", days) for days in (0, 3, 4, 5)] == [0, 0, 80, 160]
    assert (fee_cents("S", 4), fee_cents("L", 13)) == (50, 1200)
    wall = Wall([Box(1, "L")])
    wall.put("A", 10, "S")
    assert wall.take("A", 15) == 240


def test_c3_who_waits_too_long_goes_back() -> None:
    wall = Wall([Box(number) for number in (1, 2, 3, 4)])
    for name, day in (("D", 2), ("C", 1), ("B", 2), ("A", 3)):
        wall.put(name, day)
    assert wall.send_back(12) == ["C"]
    assert wall.send_back(13) == ["B", "D"]
    assert wall.send_back(13) == []
    assert wall.lying() == [("A", Box(4), 3)]
    assert wall.put("E", 13) == 1


def test_c4_notices() -> None:
    wall = Wall([Box(4)])
    wall.put("A", 10)
    wanted = ["3 days left", "2 days left", "1 day left", "last day", "0.80 EUR", "1.60 EUR"]
    assert [notices(wall, 10 + n) for n in range(6)] == [[f"A: box 4, {text}"] for text in wanted]
