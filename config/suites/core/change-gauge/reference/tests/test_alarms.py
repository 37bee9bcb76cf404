from pathlib import Path

import pytest

from gauge.cli import main
from gauge.figures import alarms, gaps, highest, mean
from gauge.readings import Reading, parse, since

TEXT = """2026-03-01T06:00 400
2026-03-01T12:00 -

2026-03-01T18:00 455
2026-03-02T06:00 399
2026-03-02T12:00 420
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "levels.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_c1_gaps_are_in_no_figure(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readings = parse(TEXT)
    assert (mean(readings), gaps(readings), len(readings)) == (419, 1, 5)
    assert highest(readings) == Reading("2026-03-01T18:00", 455)
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "mean: 419 cm\nhighest: 455 cm at 2026-03-01T18:00\ngaps: 1\n"


def test_c1_no_levels_at_all(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (mean([]), highest([Reading("a", None)])) == (None, None)
    file.write_text("a -\nb -\n", encoding="utf-8")
    assert (main([str(file)]), capsys.readouterr().out) == (0, "no levels\ngaps: 2\n")


def test_c2_alarms_last(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert alarms(parse(TEXT), 400) == [
        ("2026-03-01T06:00", "2026-03-01T18:00", 455),
        ("2026-03-02T12:00", "2026-03-02T12:00", 420),
    ]
    assert main([str(file), "--limit", "456"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == ["gaps: 1", "no alarm"]
    main([str(file), "--limit", "421"])
    assert capsys.readouterr().out.endswith("alarm: 2026-03-01T18:00 to 2026-03-01T18:00, 455 cm\n")


def test_c3_only_later_days(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [len(since(parse(TEXT), f"2026-03-0{day}")) for day in (1, 2, 3)] == [5, 2, 0]
    assert main([str(file), "--since", "2026-03-02", "--limit", "1"]) == 0
    assert capsys.readouterr().out == (
        "mean: 410 cm\nhighest: 420 cm at 2026-03-02T12:00\nalarm: 2026-03-02T06:00 to 2026-03-02T12:00, 420 cm\n"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a 1\n\nb\n", "line 3: two parts are needed"), ("a 1 2\n", "line 1: two parts are needed"), ("a x", "line 1: no level x")],
)
def test_c4_wrong_lines_are_told(file: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert main([str(file)]) == 1
    assert capsys.readouterr() == ("", f"gauge: {file}: {reason}\n")


def test_c4_a_wrong_day_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--since", "2026-02-30"]) == 1
    assert capsys.readouterr() == ("", f"gauge: {file}: no day 2026-02-30\n")
