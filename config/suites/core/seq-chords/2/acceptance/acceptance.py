"""What a musician would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def chords(song: str, *words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "song.txt"
        file.write_text(song, encoding="utf-8")
        command = [sys.executable, "-m", "chords", str(file), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr.replace(str(file), "FILE")


def shows(song: str, words: str, wanted: str) -> None:
    found = chords(song, *words.split())
    assert found == (0, wanted, ""), f"{song!r} with {words}: {found}"


def main() -> int:
    shows("[C#][D#][F#][G#][A#][B/D#]", "--flats", "[Db][Eb][Gb][Ab][Bb][B/Eb]")
    shows("[Db][Eb]x", "", "[C#][D#]x")
    shows("[C]so", "-1 --flats", "[B]so")
    shows("[C]so", "3 --capo 5", "[A#]so")
    shows("[C]so", "--capo 11", "[C#]so")
    for fret in ("-1", "12"):
        found = chords("[C]so", "--capo", fret)
        assert found == (1, "", f"chords: FILE: no fret {fret}\n"), found
    shows("[E]a[Bbm]b[A#m]c[C]d[Am]e[E]f[]g", "--count", "A#m\t2\nE\t2\nAm\t1\nC\t1\n")
    shows("[E]a[Bbm]b[A#m]c[C]d[A#m]", "2 --count --flats --capo 1", "Bm\t3\nDb\t1\nF\t1\n")
    shows("nothing", "--count", "")
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
