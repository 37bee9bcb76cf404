"""What somebody at the river would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def gauge(text: str, *words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "levels.txt"
        file.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "gauge", str(file), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr.replace(str(file), "FILE")


def shows(text: str, words: str, *lines: str) -> None:
    found = gauge(text, *words.split())
    assert found == (0, "".join(f"{line}\n" for line in lines), ""), f"{words}: {found}"


def refuses(text: str, words: str, message: str) -> None:
    found = gauge(text, *words.split())
    assert found == (1, "", f"gauge: FILE: {message}\n"), f"{text!r} {words}: {found}"


TEXT = """2026-09-30T22:00 300
2026-09-30T23:00 -
2026-10-01T00:00 310
2026-10-01T01:00 299
2026-10-01T02:00 -
2026-10-01T03:00 310
2026-10-01T04:00 305
"""


def main() -> int:
    usual = ["mean: 305 cm", "highest: 310 cm at 2026-10-01T00:00", "gaps: 2"]
    one, two = "alarm: 2026-09-30T22:00 to 2026-10-01T00:00, 310 cm", "alarm: 2026-10-01T03:00 to 2026-10-01T04:00, 310 cm"
    shows(TEXT, "", *usual)
    shows(TEXT, "--limit 300", *usual, one, two)
    shows(TEXT, "--limit 311", *usual, "no alarm")
    later = ["mean: 306 cm", "highest: 310 cm at 2026-10-01T00:00", "gaps: 1"]
    shows(TEXT, "--since 2026-10-01 --limit 310", *later, one[:7] + "2026-10-01T00:00 to 2026-10-01T00:00, 310 cm",
          "alarm: 2026-10-01T03:00 to 2026-10-01T03:00, 310 cm")  # fmt: skip
    shows(TEXT, "--since 2026-10-02 --limit 1", "no levels", "no alarm")
    shows("2026-01-01T00:00 -4\n2026-01-01T01:00 -7\n", "", "mean: -5 cm", "highest: -4 cm at 2026-01-01T00:00")
    shows("a -\n", "", "no levels", "gaps: 1")
    refuses("a 5\n\n\nb\n", "", "line 4: two parts are needed")
    refuses("a 5 6\n", "", "line 1: two parts are needed")
    refuses("a 5\nb --\n", "", "line 2: no level --")
    refuses(TEXT, "--since 2026-13-01", "no day 2026-13-01")
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
