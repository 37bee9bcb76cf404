from pathlib import Path

import pytest

from chords.cli import main
from chords.notes import move_chord, move_note
from chords.songs import move_song


def test_c1_notes_go_round() -> None:
    assert [move_note(note, 1) for note in ("C", "E", "A#", "B")] == ["C#", "F", "B", "C"]
    assert [move_note("D", steps) for steps in (-3, 0, 12, 25)] == ["B", "D", "D", "D#"]
    assert [move_note(note, 0) for note in ("Db", "Eb", "Gb", "Ab", "Bb")] == ["C#", "D#", "F#", "G#", "A#"]


@pytest.mark.parametrize("note", ["H", "", "Fb", "c"])
def test_c1_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(ValueError, match=f"^no note {note}$"):
        move_note(note, 1)


def test_c2_chords_keep_their_kind() -> None:
    assert [move_chord(chord, 2) for chord in ("F#m7", "Bbmaj7", "Am", "D/F#")] == ["G#m7", "Cmaj7", "Bm", "E/G#"]


@pytest.mark.parametrize("chord", ["Hm", "D/X", "D/F#/A", "D/"])
def test_c2_what_is_no_chord_is_refused(chord: str) -> None:
    with pytest.raises(ValueError, match=f"^no chord {chord}$"):
        move_chord(chord, 1)


def test_c3_only_brackets_are_moved() -> None:
    assert move_song("A [Am]day [] in [G/B]C\n", 3) == "A [Cm]day [] in [A#/D]C\n"


def test_c4_the_song_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "song.txt"
    file.write_text("[E]Go\n", encoding="utf-8")
    assert (main([str(file), "-4"]), capsys.readouterr().out) == (0, "[C]Go\n")


def test_c4_what_is_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "song.txt"
    file.write_text("[Q]Go\n", encoding="utf-8")
    assert main([str(file), "1"]) == 1
    assert capsys.readouterr() == ("", f"chords: {file}: no chord Q\n")
    assert main([str(tmp_path / "none.txt"), "1"]) == 1
