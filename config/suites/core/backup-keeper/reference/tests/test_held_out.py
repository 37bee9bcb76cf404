"""The same promises, over a year of backups."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from keeper.backups import Backup, parse_backups
from keeper.listing import listing
from keeper.rules import reasons

TODAY = date(2026, 10, 4)  # a Sunday
YEAR = [Backup(TODAY - timedelta(days=days), 2) for days in range(365)]


def of(reason: str) -> list[str]:
    return [str(day) for day, why in reasons(YEAR, TODAY).items() if why == reason]


def test_c1_an_order_of_their_own() -> None:
    assert [backup.size for backup in parse_backups("2026-09-01 1\n2026-10-04 2\n2026-09-15 3 pin", TODAY)] == [2, 3, 1]


def test_c2_refusals() -> None:
    for text, word in (("\n\n2026-09-01 1\n2026-09-01 1 pin", "line 4"), ("2026-10-05 1", "2026-10-05"), ("2026-9-1 1 1", "line 1")):
        with pytest.raises(ValueError, match=word):
            parse_backups(text, TODAY)


def test_c3_a_week_of_days() -> None:
    assert of("day") == [f"2026-{day}" for day in ("10-04", "10-03", "10-02", "10-01", "09-30", "09-29", "09-28")]
    assert reasons([Backup(date(2020, 1, 1), 5, True)], TODAY) == {date(2020, 1, 1): "pin"}


def test_c4_mondays_of_four_weeks() -> None:
    assert of("week") == ["2026-09-21", "2026-09-14", "2026-09-07", "2026-08-31"]


def test_c5_first_days_of_six_months() -> None:
    assert of("month") == ["2026-08-01", "2026-07-01", "2026-06-01", "2026-05-01", "2026-04-01", "2026-03-01"]


def test_c6_what_a_year_frees() -> None:
    lines = listing(YEAR, reasons(YEAR, TODAY))
    assert len(lines) == 366
    assert lines[16:18] == ["keep 2026-03-01 month", "delete 2026-09-27"]
    assert lines[-1] == f"frees {2 * (365 - 17)} MB"


def test_c7_one_process(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("2026-09-30 3\n2026-09-23 4\n2026-09-22 5\n", encoding="utf-8")
    words = [sys.executable, "-m", "keeper", "--today", "2026-10-04", str(file)]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "keep 2026-09-30 day\nkeep 2026-09-22 week\ndelete 2026-09-23\nfrees 4 MB\n")
