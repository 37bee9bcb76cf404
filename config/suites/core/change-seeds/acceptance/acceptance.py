"""What the keeper of the seeds would try by hand."""

import sys
from datetime import date

from seeds.due import due_day
from seeds.lots import Lot
from seeds.review import overdue, to_grow
from seeds.stock import seeds_left
from seeds.trials import Trial, germination

OAT = Lot("OAT", date(1999, 12, 31), 1000)


def trial(year: int, sown: int, sprouted: int, code: str = "OAT") -> Trial:
    return Trial(code, date(year, 2, 28), sown, sprouted)


def percentages() -> None:
    assert germination([trial(2001, 200, 111)], "OAT") == 56
    assert germination([trial(2001, 200, 110)], "OAT") == 55
    many = [trial(2003, 30, 30), trial(2001, 30, 0), trial(2004, 30, 15), trial(2002, 30, 30), trial(2005, 19, 0)]
    assert germination(many, "OAT") == 83
    assert germination(many, "RYE") is None
    assert germination([trial(2001, 20, 20)], "OAT") == 100
    assert germination([trial(2001, 19, 19)], "OAT") is None


def days() -> None:
    found = [due_day(OAT, [trial(2001, 200, good)]).year for good in (170, 169, 168, 120, 119, 118, 0)]
    assert found == [2006, 2006, 2003, 2003, 2003, 2002, 2002], found
    assert due_day(OAT, [trial(2001, 10, 10)]) == date(1999, 12, 31)
    assert due_day(OAT, []) == date(1999, 12, 31)
    assert due_day(OAT, [Trial("OAT", date(2000, 2, 29), 50, 35)]) == date(2002, 2, 28)
    assert due_day(OAT, [Trial("OAT", date(2001, 8, 15), 50, 50), trial(2002, 12, 0)]) == date(2006, 8, 15)
    both = [trial(2008, 50, 30), trial(2001, 50, 50), trial(2002, 50, 50)]
    assert due_day(OAT, both) == date(2013, 2, 28)


def what_is_left() -> None:
    assert seeds_left(OAT, [trial(2001, 10, 0), trial(2002, 90, 1), trial(2002, 500, 1, "RYE")]) == 900
    assert seeds_left(OAT, [trial(2001, 1001, 0)]) == 0


def what_is_grown() -> None:
    lots = [OAT, Lot("YAM", OAT.received, 300), Lot("FIG", OAT.received, 250), Lot("PEA", OAT.received, 199)]
    trials = [trial(2001, 100, 59), trial(2001, 100, 99, "YAM"), trial(2001, 51, 51, "FIG")]
    assert to_grow((lot for lot in lots), (each for each in trials)) == ["FIG", "OAT", "PEA"]
    assert to_grow([OAT], [trial(2001, 200, 119)]) == []
    assert to_grow([OAT], [trial(2001, 12, 0)]) == []


def what_is_due() -> None:
    lots = [Lot("C", date(2001, 1, 1), 1), Lot("B", date(2001, 1, 1), 1), Lot("A", date(2001, 1, 2), 1), OAT]
    trials = [trial(2001, 100, 100)]
    assert overdue((lot for lot in lots), (each for each in trials), date(2001, 1, 2)) == ["B", "C", "A"]
    assert overdue(lots, trials, date(2001, 1, 1)) == ["B", "C"]
    assert overdue(lots, trials, date(2006, 2, 27)) == ["B", "C", "A"]
    assert overdue(lots, trials, date(2006, 2, 28)) == ["B", "C", "A", "OAT"]


def main() -> int:
    for check in (percentages, days, what_is_left, what_is_grown, what_is_due):
        try:
            check()
        except Exception as error:
            print(f"{check.__name__}: {type(error).__name__}: {error}")
            return 1
    print("accepted")
    return 0


sys.exit(main())
