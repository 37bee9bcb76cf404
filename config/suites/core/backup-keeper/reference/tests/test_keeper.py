"""The list, the rules, the listing and the program."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from keeper.backups import Backup, parse_backups
from keeper.cli import main
from keeper.listing import listing
from keeper.rules import reasons

TODAY = date(2027, 3, 31)  # a Wednesday


def days(*texts: str) -> list[Backup]:
    return [Backup(date.fromisoformat(f"2027-{text}"), 10) for text in texts]


def kept(backups: list[Backup]) -> dict[str, str]:
    return {f"{day:%m-%d}": reason for day, reason in reasons(backups, TODAY).items()}


def test_c1_backups_are_read_latest_first() -> None:
    text = "# all\n2027-03-01 20\n\n2027-03-31 0 pin\n  2027-03-30   700 \n"
    assert parse_backups(text, TODAY) == [
        Backup(date(2027, 3, 31), 0, True),
        Backup(date(2027, 3, 30), 700),
        Backup(date(2027, 3, 1), 20),
    ]


@pytest.mark.parametrize(
    "line", ["2027-03-02", "2027-03-02 x", "2027-03-02 -1", "2027-02-30 5", "2027-03-02 5 pinned", "2027-03-02 5 pin pin", "2027-03-01 5"]
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_backups(f"2027-03-01 20\n#\n{line}", TODAY)


def test_c2_a_day_after_today_is_named() -> None:
    with pytest.raises(ValueError, match="2027-04-01"):
        parse_backups("2027-04-01 20", TODAY)


def test_c3_the_last_seven_days_stay() -> None:
    assert kept(days("03-31", "03-30", "03-26", "03-25")) == dict.fromkeys(["03-31", "03-30", "03-26", "03-25"], "day")
    assert kept(days("03-25", "03-24")) == {"03-25": "day", "03-24": "week"}


def test_c3_pinned_ones_stay_and_do_not_count() -> None:
    backups = [Backup(date(2027, 3, 15), 1, True), Backup(date(2027, 3, 30), 1, True), *days("03-16", "03-17")]
    assert kept(backups) == {"03-15": "pin", "03-30": "pin", "03-16": "week"}


def test_c4_a_week_keeps_its_oldest() -> None:
    assert kept(days("03-21", "03-20", "03-15", "03-14", "03-13")) == {"03-15": "week", "03-13": "week"}
    assert kept(days("03-24", "03-23", "03-22")) == {"03-22": "week"}


def test_c4_four_weeks_that_have_one() -> None:
    backups = days("03-22", "03-08", "03-01", "02-15", "02-08")
    assert kept(backups) == {"03-22": "week", "03-08": "week", "03-01": "week", "02-15": "week", "02-08": "month"}


def test_c5_a_month_keeps_its_oldest() -> None:
    weeks = days("03-22", "03-15", "03-08", "03-01")
    found = kept([*weeks, *days("02-28", "02-14", "02-03", "01-31", "01-30")])
    assert {day: reason for day, reason in found.items() if reason == "month"} == {"02-03": "month", "01-30": "month"}


def test_c5_six_months_that_have_one() -> None:
    backups = [Backup(date(2026, month, 10), 10) for month in range(1, 13)]
    found = reasons(backups, TODAY)
    assert [day.month for day in found if found[day] == "week"] == [12, 11, 10, 9]
    assert [day.month for day in found if found[day] == "month"] == [8, 7, 6, 5, 4, 3]


def test_c5_the_days_of_a_kept_week_are_in_no_month() -> None:
    backups = days("03-22", "03-15", "03-08", "03-06", "03-05", "02-27")
    assert kept(backups) == {"03-22": "week", "03-15": "week", "03-08": "week", "03-05": "week", "02-27": "month"}


def test_c6_the_listing() -> None:
    backups = [Backup(date(2027, 3, 2), 5), Backup(date(2027, 3, 4), 7), Backup(date(2027, 3, 3), 9), Backup(date(2027, 3, 1), 11)]
    assert listing(backups, {date(2027, 3, 1): "week", date(2027, 3, 3): "day"}) == [
        "keep 2027-03-03 day",
        "keep 2027-03-01 week",
        "delete 2027-03-04",
        "delete 2027-03-02",
        "frees 12 MB",
    ]
    assert listing([], {}) == ["frees 0 MB"]


def test_c7_the_program_prints_the_listing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "backups.txt"
    file.write_text("2027-03-16 5\n2027-03-15 6\n2027-03-31 8\n", encoding="utf-8")
    assert main([str(file), "--today", "2027-03-31"]) == 0
    assert capsys.readouterr() == ("keep 2027-03-31 day\nkeep 2027-03-15 week\ndelete 2027-03-16\nfrees 5 MB\n", "")


def test_c7_without_a_day_it_is_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "backups.txt"
    day = date.today() - timedelta(days=2)
    file.write_text(f"{day} 5\n", encoding="utf-8")
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == f"keep {day} day\nfrees 0 MB\n"


@pytest.mark.parametrize("text", [None, "x", "2027-04-01 5"])
def test_c7_a_file_that_cannot_be_used_ends_with_1(text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "backups.txt"
    if text:
        file.write_text(text, encoding="utf-8")
    assert main([str(file), "--today", "2027-03-31"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("keeper: ")


@pytest.mark.parametrize("words", [[], ["a", "b"], ["a", "--today", "31.3."]])
def test_c7_a_wrong_call_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""
