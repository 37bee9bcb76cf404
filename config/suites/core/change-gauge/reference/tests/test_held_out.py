from pathlib import Path

import pytest

from gauge.cli import main
from gauge.figures import alarms, gaps, highest, mean
from gauge.readings import Reading, parse, since


def readings(*levels: int | None) -> list[Reading]:
    return [Reading(f"2026-05-0{n}T00:00", level) for n, level in enumerate(levels, 1)]


def test_c1_negative_levels_and_gaps() -> None:
    found = readings(-3, None, -4, None)
    assert (mean(found), gaps(found)) == (-3, 2)
    assert highest(iter(found)) == found[0]
    assert highest(readings(7, 9, 9)) == Reading("2026-05-02T00:00", 9)


def test_c2_a_gap_does_not_end_an_alarm() -> None:
    found = alarms(readings(None, 50, None, 70, 60, 49, None, 50), 50)
    assert found == [
        ("2026-05-02T00:00", "2026-05-05T00:00", 70),
        ("2026-05-08T00:00", "2026-05-08T00:00", 50),
    ]
    assert alarms([], 0) == []


def test_c3_a_day_begins_at_midnight() -> None:
    assert since(readings(1, 2, 3), "2026-05-02") == readings(1, 2, 3)[1:]
    with pytest.raises(ValueError, match="^no day soon$"):
        since([], "soon")


def test_c4_the_number_of_the_line_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("\n\nt 5\nt 5.5\n", encoding="utf-8")
    assert main([str(file)]) == 1
    assert capsys.readouterr() == ("", f"gauge: {file}: line 4: no level 5.5\n")
    assert parse("\n\nt -5\n") == [Reading("t", -5)]
    with pytest.raises(ValueError, match="^line 2: two parts are needed$"):
        parse("t 5\nt 6 cm")
