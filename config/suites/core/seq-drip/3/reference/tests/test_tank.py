import pytest

from drip.tank import dry_day, share


def test_c1_enough_for_all() -> None:
    assert list(share({"B": 4, "A": 6}, 10).items()) == [("A", 6), ("B", 4)]
    assert share({"B": 4}, 99) == {"B": 4}
    assert share({}, 0) == {}
    assert share({"B": 0}, 0) == {"B": 0}


def test_c2_too_little_is_shared() -> None:
    assert list(share({"C": 5, "B": 5, "A": 10}, 10).items()) == [("A", 5), ("B", 3), ("C", 2)]
    assert share({"A": 7, "B": 2, "C": 1}, 5) == {"A": 4, "B": 1, "C": 0}
    assert share({"A": 9, "B": 1, "C": 0}, 1) == {"A": 1, "B": 0, "C": 0}
    assert share({"A": 3, "B": 3}, 0) == {"A": 0, "B": 0}
    with pytest.raises(ValueError, match="^a tank cannot hold less than 0$"):
        share({"A": 1}, -1)


def test_c3_the_first_dry_day() -> None:
    days = [{"A": 3, "B": 2}, {"A": 4}, {"A": 1}]
    assert [dry_day(iter(days), stored) for stored in (4, 5, 8, 9, 10, 11)] == [1, 2, 2, 3, None, None]
    assert dry_day([], 0) is None
    with pytest.raises(ValueError, match="^a tank cannot hold less than 0$"):
        dry_day([], -1)
