"""What somebody of the club would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def rota(text: str, words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.txt"
        file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "rota", str(file), *words.split()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr.replace(str(file), "FILE")


def shows(text: str, words: str, *lines: str) -> None:
    found = rota(text, words)
    assert found == (0, "".join(f"{line}\n" for line in lines), ""), f"{text!r} {words}: {found}"


def refuses(text: str, message: str) -> None:
    found = rota(text, "")
    assert found == (1, "", f"rota: FILE: {message}\n"), f"{text!r}: {found}"


def main() -> int:
    shows("Uta\nVic\nWim\n", "", "1: Uta", "2: Vic", "3: Wim", "4: Uta")
    shows("Uta: 5, 7-8\nVic: 8\n", "--first 5", "5: Vic", "6: Uta", "7: Vic", "8: -")
    shows("Uta: 1-2\nVic\nWim: 1\n", "--weeks 6", "1: Vic", "2: Wim", "3: Uta", "4: Vic", "5: Wim", "6: Uta")
    shows("Uta\nVic: 1-3\n", "--weeks 6", "1: Uta", "2: Uta", "3: Uta", "4: Vic", "5: Uta", "6: Vic")
    shows("Uta\nVic: 51-52\nWim", "--first 51 --weeks 3 --counts",
          "51: Uta", "52: Wim", "53: Vic", "", "Uta: 1", "Vic: 1", "Wim: 1")  # fmt: skip
    shows("", "--weeks 2 --counts", "1: -", "2: -", "")
    refuses("Uta\n\nVic: 4, 9-8, x", "line 3: no weeks 9-8")
    refuses("Uta: 1-x", "line 1: no weeks 1-x")
    refuses("Uta: 0", "line 1: no weeks 0")
    refuses("Uta: 3\nVic\nUta", "line 3: Uta is there twice")
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
