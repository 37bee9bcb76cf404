from datetime import date

from seeds.due import due_day
from seeds.lots import Lot
from seeds.review import overdue, to_grow
from seeds.stock import seeds_left
from seeds.trials import Trial, germination

LOT = Lot("K7", date(2000, 7, 9), 600)


def sown(day: date, seeds: int, good: int) -> Trial:
    return Trial("K7", day, seeds, good)


def test_c1_a_fourth_trial_is_too_old() -> None:
    trials = [sown(date(2001 + n, 1, 1), 100, good) for n, good in enumerate([100, 50, 60, 70])]
    assert germination(trials, "K7") == 60
    assert germination(reversed(trials), "K7") == 60
    assert germination(trials, "K8") is None


def test_c2_a_small_trial_leaves_room_for_an_older_one() -> None:
    days = [date(2001, 1, 1), date(2002, 1, 1), date(2003, 1, 1), date(2004, 1, 1)]
    trials = [sown(days[0], 20, 0), sown(days[1], 20, 20), sown(days[2], 20, 20), sown(days[3], 10, 0)]
    assert germination(trials, "K7") == 67


def test_c3_all_three_decide() -> None:
    trials = [sown(date(2005, 6, 30), 100, 84), sown(date(2004, 6, 30), 100, 86), sown(date(2003, 6, 30), 100, 85)]
    assert due_day(LOT, trials) == date(2010, 6, 30)
    assert due_day(LOT, trials[:1]) == date(2007, 6, 30)
    assert due_day(LOT, [sown(date(2004, 2, 29), 50, 10)]) == date(2005, 2, 28)


def test_c4_small_trials_do_not_delay_it() -> None:
    assert due_day(LOT, [sown(date(2004, 2, 29), 19, 19)]) == date(2000, 7, 9)


def test_c5_what_is_left_ends_at_nothing() -> None:
    trials = [sown(date(2001, 1, day), 300, 1) for day in (1, 2)]
    assert seeds_left(LOT, trials[:1]) == 300
    assert seeds_left(LOT, trials) == 0
    assert seeds_left(LOT, [*trials, sown(date(2002, 1, 1), 7, 1)]) == 0


def test_c6_trials_can_make_a_lot_small() -> None:
    assert to_grow([LOT], [sown(date(2001, 1, 1), 400, 300)]) == []
    assert to_grow([LOT], [sown(date(2001, 1, 1), 401, 300)]) == ["K7"]
    assert to_grow(iter([Lot("Z", LOT.received, 5), Lot("M", LOT.received, 5)]), iter([])) == ["M", "Z"]


def test_c7_trials_move_a_lot_in_the_list() -> None:
    lots = [LOT, Lot("A0", date(2004, 3, 3), 900)]
    trials = [sown(date(2003, 3, 3), 100, 10)]
    assert overdue(iter(lots), iter(trials), date(2004, 3, 3)) == ["A0", "K7"]
    assert overdue(lots, [sown(date(2003, 3, 2), 100, 10)], date(2004, 3, 3)) == ["K7", "A0"]
    assert overdue([], [], date(2004, 3, 3)) == []
