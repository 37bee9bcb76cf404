from pathlib import Path

import pytest

from chords.cli import main
from chords.notes import NOTES, move_chord, move_note
from chords.songs import move_song


def test_c1_all_twelve() -> None:
    assert [move_note("F", steps) for steps in range(7, 19)] == list(NOTES)
    assert move_note("Gb", -7) == "B"
    with pytest.raises(ValueError, match="^no note Cb$"):
        move_note("Cb", 0)


def test_c2_basses_are_moved() -> None:
    assert [move_chord(chord, -1) for chord in ("C/E", "Ebsus4", "G7/Bb", "B")] == ["B/D#", "Dsus4", "F#7/A", "A#"]
    with pytest.raises(ValueError, match="^no chord m7$"):
        move_chord("m7", 0)


def test_c3_lines_stay() -> None:
    assert move_song("[C][D]\n\n x [E]", 0) == "[C][D]\n\n x [E]"
    assert move_song("", 4) == ""


def test_c4_nothing_is_printed_of_a_wrong_song(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("[C]Fine\n[x]not", encoding="utf-8")
    assert main([str(file), "2"]) == 1
    assert capsys.readouterr() == ("", f"chords: {file}: no chord x\n")
    file.write_text("[C]Fine", encoding="utf-8")
    assert (main([str(file), "2"]), capsys.readouterr().out) == (0, "[D]Fine")
