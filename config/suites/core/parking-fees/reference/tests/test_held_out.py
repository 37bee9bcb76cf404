"""The same promises, in another week."""

from datetime import datetime

import pytest

from parking.report import report
from parking.stays import Stay, parse_stays
from parking.tariff import halved, stay_cents

WEEK = """
k-10 2027-06-04T17:40 2027-06-04T18:01
k-11 2027-06-04T18:00 2027-06-04T22:00

K-10 2027-06-05T05:00 2027-06-05T07:05
k-12 2027-06-05T09:00 2027-06-07T10:10
"""


def test_c1_four_stays() -> None:
    stays = parse_stays(WEEK)
    assert [stay.plate for stay in stays] == ["K10", "K11", "K10", "K12"]
    assert stays[1] == Stay("K11", datetime(2027, 6, 4, 18), datetime(2027, 6, 4, 22))


def test_c2_out_before_in() -> None:
    with pytest.raises(ValueError, match="line 7"):
        parse_stays(WEEK + "k-13 2027-06-05T09:00 2027-06-04T10:10")


def test_c3_twenty_one_minutes_cost_an_hour() -> None:
    found = [stay_cents(datetime(2027, 6, 4, 21, 30), datetime(2027, 6, 4, 21, minute)) for minute in (50, 51)]
    assert found == [0, 80]
    assert stay_cents(datetime(2027, 6, 4, 9, 0), datetime(2027, 6, 4, 11, 10)) == 720


def test_c4_into_the_night_and_out_of_it() -> None:
    found = [stay_cents(stay.start, stay.end) for stay in parse_stays(WEEK)]
    assert found[:3] == [240, 240 + 240 + 80 + 80, 80 + 240 + 240]


def test_c5_two_days_and_a_bit() -> None:
    stay = parse_stays(WEEK)[3]
    assert stay_cents(stay.start, stay.end) == 1800 + 1800 + 480


def test_c6_halves() -> None:
    assert [halved(each) for each in (640, 560, 4080, 1640, 19, 39)] == [320, 280, 2040, 820, 10, 20]


def test_c7_the_report_of_the_week() -> None:
    assert report(WEEK, ["K-12"]) == "K10 8.00\nK11 6.40\nK12 20.40\ntotal 34.80"
