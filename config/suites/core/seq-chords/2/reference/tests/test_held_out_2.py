from pathlib import Path

import pytest

from chords.cli import main
from chords.notes import move_note
from chords.songs import count_chords, move_song


def test_c1_flats_only_where_asked_for() -> None:
    assert move_song("[F#/A#][Eb]", 0, True) == "[Gb/Bb][Eb]"
    assert move_song("[F#/A#][Eb]", 0, False) == "[F#/A#][D#]"
    assert move_note("Eb", 0) == "D#"


def test_c2_frets_from_0_to_11(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.txt"
    file.write_text("[E]", encoding="utf-8")
    assert [main([str(file), "--capo", fret]) for fret in ("0", "11", "40")] == [0, 0, 1]
    assert capsys.readouterr() == ("[E][F]", f"chords: {file}: no fret 40\n")


def test_c3_counts_of_the_moved_song(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.txt"
    file.write_text("[G]a[D]b[Eb]c[D#]d[D]e[D]f", encoding="utf-8")
    assert main(["--count", "--flats", "--capo", "1", str(file), "0"]) == 0
    assert capsys.readouterr().out == "Db\t3\nD\t2\nGb\t1\n"
    file.write_text("none", encoding="utf-8")
    assert (main([str(file), "--count"]), capsys.readouterr().out) == (0, "")
    assert count_chords("") == []
