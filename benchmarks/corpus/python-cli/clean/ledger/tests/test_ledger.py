from decimal import Decimal
from pathlib import Path

import pytest

from ledger.cli import main
from ledger.entries import BadEntry, read_entries
from ledger.sums import by_category, share

ROWS = ["date,category,amount", "2024-03-01,Food,12.50", "2024-03-31,rent,800", "2024-04-01,food,7.25"]


def test_categories_are_summed_whatever_their_case() -> None:
    assert by_category(read_entries(ROWS)) == {"rent": Decimal(800), "food": Decimal("19.75")}


def test_a_month_begins_and_ends_with_its_days() -> None:
    assert by_category(read_entries(ROWS), "2024-03") == {"rent": Decimal(800), "food": Decimal("12.50")}


def test_a_bad_row_is_named_by_its_line() -> None:
    with pytest.raises(BadEntry, match="line 3"):
        read_entries([ROWS[0], ROWS[1], "soon,food,1"])


def test_nothing_is_no_share_of_nothing() -> None:
    assert share(Decimal(0), Decimal(0)) == 0


def test_the_program_prints_the_sums(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "expenses.csv"
    file.write_text("\n".join(ROWS), encoding="utf-8")
    assert main([str(file), "--month", "2024-03"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["total", "812.50"]
    assert main([str(tmp_path / "missing.csv")]) == 1
