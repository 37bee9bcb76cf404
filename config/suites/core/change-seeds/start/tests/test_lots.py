from datetime import date

from seeds.due import due_day
from seeds.lots import Lot
from seeds.trials import Trial, germination


def test_a_lot_without_a_trial_is_due_when_it_comes() -> None:
    assert due_day(Lot("A1", date(2020, 3, 1), 500), []) == date(2020, 3, 1)


def test_germination_is_a_percentage() -> None:
    assert germination([Trial("A1", date(2021, 3, 1), 50, 40)], "A1") == 80


def test_without_a_trial_nothing_is_known() -> None:
    assert germination([], "A1") is None
