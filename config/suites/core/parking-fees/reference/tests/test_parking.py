"""Stays, the tariff and the report."""

from datetime import datetime, timedelta

import pytest

from parking.report import report
from parking.stays import Stay, parse_stays, plate_of
from parking.tariff import halved, stay_cents


def cents(start: str, minutes: int) -> int:
    begin = datetime.fromisoformat(f"2027-03-01T{start}")
    return stay_cents(begin, begin + timedelta(minutes=minutes))


def test_c1_stays_are_read_in_order() -> None:
    text = "b-xy-12 2027-03-01T10:00 2027-03-01T11:30\n\n  c9 2027-03-02T00:00   2027-03-02T00:00\n"
    assert parse_stays(text) == [
        Stay("BXY12", datetime(2027, 3, 1, 10, 0), datetime(2027, 3, 1, 11, 30)),
        Stay("C9", datetime(2027, 3, 2, 0, 0), datetime(2027, 3, 2, 0, 0)),
    ]


def test_c1_plates_have_one_form() -> None:
    assert plate_of("m-Ab-7") == "MAB7"


@pytest.mark.parametrize(
    "line",
    [
        "a 2027-03-01T10:00",
        "a 2027-03-01T10:00 2027-03-01T11:00 x",
        "a 2027-03-01 2027-03-02",
        "a 2027-03-01T10:00 2027-02-30T11:00",
        "a 2027-03-01T10:00 2027-03-01T09:59",
    ],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_stays(f"a 2027-03-01T10:00 2027-03-01T11:00\n\n{line}")


def test_c3_twenty_minutes_are_free() -> None:
    assert [cents("10:00", minutes) for minutes in (0, 19, 20, 21)] == [0, 0, 0, 240]


def test_c3_a_longer_stay_pays_from_its_first_minute() -> None:
    assert [cents("10:00", minutes) for minutes in (60, 61, 80, 120, 121)] == [240, 480, 480, 480, 720]


def test_c4_an_hour_costs_what_its_start_says() -> None:
    assert cents("19:59", 60) == 240
    assert cents("20:00", 60) == 80
    assert cents("05:59", 60) == 80
    assert cents("06:00", 60) == 240
    assert cents("00:00", 60) == 80
    assert cents("18:30", 180) == 240 + 240 + 80
    assert cents("04:30", 180) == 80 + 80 + 240


def test_c5_a_day_has_a_most() -> None:
    assert cents("08:00", 7 * 60) == 1680
    assert cents("08:00", 7 * 60 + 1) == 1800
    assert cents("08:00", 24 * 60) == 1800


def test_c5_each_day_counts_for_itself() -> None:
    assert cents("08:00", 24 * 60 + 1) == 1800 + 240
    assert cents("08:00", 48 * 60) == 3600
    assert cents("23:00", 48 * 60 + 61) == 3600 + 80 + 80


def test_c6_half_is_rounded_up_to_ten_cents() -> None:
    assert [halved(each) for each in (0, 1, 20, 21, 80, 240, 1800, 250)] == [0, 10, 10, 20, 40, 120, 900, 130]


def test_c7_the_report() -> None:
    text = (
        "z-1 2027-03-01T10:00 2027-03-01T11:30\n"
        "a-2 2027-03-01T10:00 2027-03-01T10:15\n"
        "Z1 2027-03-01T20:00 2027-03-01T21:00\n"
        "b3 2027-03-01T20:00 2027-03-01T21:00\n"
    )
    assert report(text, []) == "A2 0.00\nB3 0.80\nZ1 5.60\ntotal 6.40"
    assert report(text, ["b-3", "z-1"]) == "A2 0.00\nB3 0.40\nZ1 2.80\ntotal 3.20"


def test_c7_nobody() -> None:
    assert report("", ["a"]) == "total 0.00"
