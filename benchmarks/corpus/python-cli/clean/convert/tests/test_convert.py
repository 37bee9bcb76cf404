import json
from pathlib import Path

import pytest

from convert.cli import main
from convert.rows import BadRow, rows
from convert.values import Value, value


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", None), (" true ", True), ("12", 12), ("-1.5", -1.5), ("01234", "01234"), ("0", 0), ("3.4.2024", "2024-04-03"),
        ("31.2.2024", "31.2.2024"), ("text", "text"),
    ],
)
def test_cells(cell: str, expected: Value) -> None:
    assert value(cell) == expected


def test_a_row_that_is_too_short_is_named() -> None:
    with pytest.raises(BadRow, match="line 3: 1 cells in 2 columns"):
        rows(["a,b", "1,2", "1"])


def test_an_empty_file_has_no_rows() -> None:
    assert rows([]) == []


def test_the_program_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name;age\nZoë;7\n", encoding="utf-8")
    assert main([str(file), "--delimiter", ";"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"name": "Zoë", "age": 7}]
