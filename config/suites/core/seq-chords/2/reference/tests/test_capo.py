from pathlib import Path

import pytest

from chords.cli import main
from chords.notes import move_chord, move_note
from chords.songs import count_chords, move_song


@pytest.fixture
def song(tmp_path: Path) -> Path:
    file = tmp_path / "song.txt"
    file.write_text("[C#m]Go [G]on [Dbm]and [A]on\n", encoding="utf-8")
    return file


def test_c1_flats_are_written(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [move_note("C", steps, True) for steps in range(12)] == "C Db D Eb E F Gb G Ab A Bb B".split()
    assert move_chord("A#m/C#", 0, True) == "Bbm/Db"
    assert move_song("[D#]", 0) == "[D#]"
    assert main([str(song), "1", "--flats"]) == 0
    assert capsys.readouterr().out == "[Dm]Go [Ab]on [Dm]and [Bb]on\n"


def test_c2_a_capo_moves_down(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(song), "--capo", "4"]) == 0
    assert capsys.readouterr().out == "[Am]Go [D#]on [Am]and [F]on\n"
    assert main([str(song), "2", "--capo", "4"]) == 0
    assert capsys.readouterr().out == "[Bm]Go [F]on [Bm]and [G]on\n"


@pytest.mark.parametrize("fret", ["-1", "12"])
def test_c2_a_fret_that_is_none_is_refused(song: Path, capsys: pytest.CaptureFixture[str], fret: str) -> None:
    assert main([str(song), "--capo", fret]) == 1
    assert capsys.readouterr() == ("", f"chords: {song}: no fret {fret}\n")


def test_c3_chords_are_counted(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(song), "--count"]) == 0
    assert capsys.readouterr().out == "C#m\t2\nA\t1\nG\t1\n"
    assert count_chords("[G][A][] C") == [("A", 1), ("G", 1)]
