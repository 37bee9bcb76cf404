import pytest

from drip.tank import dry_day, share


def test_c1_exactly_enough() -> None:
    assert share({"X": 1, "W": 2}, 3) == {"W": 2, "X": 1}


def test_c2_remainders_decide() -> None:
    assert share({"X": 2, "Y": 3, "Z": 6}, 7) == {"X": 1, "Y": 2, "Z": 4}
    assert share({"Q": 1, "P": 1, "R": 1}, 2) == {"P": 1, "Q": 1, "R": 0}
    assert list(share({"Q": 1, "P": 1}, 1)) == ["P", "Q"]
    with pytest.raises(ValueError, match="less than 0"):
        share({}, -5)


def test_c3_days_without_need_do_not_count_less() -> None:
    assert dry_day([{}, {"A": 0}, {"A": 2}], 1) == 3
    assert dry_day([{"A": 2}, {"A": 2}], 4) is None
    with pytest.raises(ValueError, match="less than 0"):
        dry_day([{}], -2)
