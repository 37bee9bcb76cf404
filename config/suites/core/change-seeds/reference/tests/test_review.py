from datetime import date

from seeds.due import due_day
from seeds.lots import Lot
from seeds.review import overdue, to_grow
from seeds.stock import seeds_left
from seeds.trials import Trial, germination

A1 = Lot("A1", date(2010, 3, 1), 1000)


def trial(year: int, sown: int, sprouted: int, code: str = "A1") -> Trial:
    return Trial(code, date(year, 5, 4), sown, sprouted)


def test_c1_the_newest_three_count_together() -> None:
    trials = [trial(2014, 50, 40), trial(2011, 400, 0), trial(2012, 100, 90), trial(2013, 50, 45), trial(2013, 50, 0, "B2")]
    assert germination(trials, "A1") == 88


def test_c1_halves_are_rounded_up() -> None:
    assert germination([trial(2012, 40, 37)], "A1") == 93
    assert germination([trial(2012, 1000, 924)], "A1") == 92
    assert germination([], "A1") is None


def test_c2_small_trials_do_not_count() -> None:
    assert germination([trial(2012, 19, 19)], "A1") is None
    assert germination([trial(2012, 20, 5), trial(2013, 19, 19)], "A1") == 25
    assert due_day(A1, [trial(2012, 20, 5), trial(2013, 19, 19)]) == date(2013, 5, 4)


def test_c3_years_go_by_the_percentage() -> None:
    due = [due_day(A1, [trial(2012, 100, good)]).year for good in (100, 85, 84, 60, 59, 0)]
    assert due == [2017, 2017, 2014, 2014, 2013, 2013]


def test_c3_a_leap_day_becomes_the_28th() -> None:
    assert due_day(A1, [Trial("A1", date(2012, 2, 29), 100, 90)]) == date(2017, 2, 28)


def test_c4_without_a_trial_it_is_due_when_received() -> None:
    assert due_day(A1, [trial(2012, 100, 90, "B2")]) == date(2010, 3, 1)


def test_c5_every_trial_uses_seeds_up() -> None:
    assert seeds_left(A1, [trial(2012, 100, 90), trial(2013, 5, 1), trial(2013, 300, 1, "B2")]) == 895
    assert seeds_left(Lot("A1", date(2010, 3, 1), 50), [trial(2012, 60, 3)]) == 0


def test_c6_poor_and_small_lots_are_grown() -> None:
    lots = [Lot("D", date(2010, 1, 1), 199), Lot("C", date(2010, 1, 1), 200), Lot("B", date(2010, 1, 1), 900), A1]
    trials = [trial(2012, 100, 59, "B"), trial(2012, 100, 60)]
    assert to_grow(lots, trials) == ["B", "D"]


def test_c7_due_lots_are_listed_by_day_and_code() -> None:
    lots = [Lot("X", date(2020, 1, 2), 500), Lot("W", date(2020, 1, 2), 500), Lot("Y", date(2019, 5, 5), 500)]
    assert overdue(lots, [], date(2020, 1, 2)) == ["Y", "W", "X"]
    assert overdue(lots, [], date(2020, 1, 1)) == ["Y"]
