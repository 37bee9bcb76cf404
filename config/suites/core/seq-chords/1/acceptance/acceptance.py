"""What a musician would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def chords(song: str | None, steps: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "song.txt"
        if song is not None:
            file.write_text(song, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "chords", str(file), steps], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr.replace(str(file), "FILE")


def shows(song: str, steps: str, wanted: str) -> None:
    found = chords(song, steps)
    assert found == (0, wanted, ""), f"{song!r} by {steps}: {found}"


def refuses(song: str, message: str) -> None:
    found = chords(song, "1")
    assert found == (1, "", message), f"{song!r}: {found}"


def main() -> int:
    shows("[C][C#][D][D#][E][F][F#][G][G#][A][A#][B]", "5", "[F][F#][G][G#][A][A#][B][C][C#][D][D#][E]")
    shows("[Db][Eb][Gb][Ab][Bb]", "0", "[C#][D#][F#][G#][A#]")
    shows("A B [] [Em7/Bb]so [G]C\n", "-15", "A B [] [C#m7/G]so [E]C\n")
    refuses("[C]a[H]b\n", "chords: FILE: no chord H\n")
    refuses("[C/E/G]", "chords: FILE: no chord C/E/G\n")
    refuses("[C/m]", "chords: FILE: no chord C/m\n")
    code, out, said = chords(None, "1")
    assert (code, out) == (1, "") and said.startswith("chords: FILE: ") and len(said.splitlines()) == 1, said
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
