"""What the people of the house would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def watershare(text: str | None, *words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            file = Path(folder) / "meters.txt"
            file.write_text(text, encoding="utf-8")
            words = (str(file), *words)
        command = [sys.executable, "-m", "watershare", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def prints(text: str, bill: str, *lines: str) -> None:
    code, out, err = watershare(text, bill)
    assert (code, out.splitlines()) == (0, list(lines)), f"{text!r} {bill}: {code}, {out.splitlines()} {err[-200:]!r} instead of {lines}"


def refuses(code: int, text: str | None, *words: str, said: str = "") -> None:
    found, out, err = watershare(text, *words)
    assert (found, out) == (code, ""), f"{text!r} {words}: exit code {found}, {out!r}"
    assert err.strip() and said in err and "Traceback" not in err, f"{text!r}: {err[-200:]!r} lacks {said!r}"


def main() -> None:
    prints("k 2 10.0 20.0\n\nl 2 5.0 35.0\n", "200.00", "k 10.0 m3 65.00", "l 30.0 m3 135.00", "total 40.0 m3 200.00")
    prints("k 1 9999.9 0.0\nl 1 9000.0 0.1", "10.00", "k 0.1 m3 1.50", "l 1000.1 m3 8.50", "total 1000.2 m3 10.00")
    prints("k 1 0.0 -\nl 2 0.0 -\nm 1 0.0 3.6", "40.00", "k 3.6 m3 10.00", "l 7.2 m3 20.00", "m 3.6 m3 10.00", "total 14.4 m3 40.00")
    prints("k 1 7.0 7.0\nl 2 8.0 8.0", "0.10", "k 0.0 m3 0.03", "l 0.0 m3 0.07", "total 0.0 m3 0.10")
    prints("k 1 7.0 7.0\nl 1 8.0 8.0\nm 1 1.0 1.0", "1.00", "k 0.0 m3 0.34", "l 0.0 m3 0.33", "m 0.0 m3 0.33", "total 0.0 m3 1.00")
    prints("k 1 0.0 1.0\nl 1 0.0 2.0\nm 1 0.0 4.0", "0.11", "k 1.0 m3 0.02", "l 2.0 m3 0.03", "m 4.0 m3 0.06", "total 7.0 m3 0.11")
    prints("k 1 0.0 0.0\nl 1 0.0 5.0", "0.05", "k 0.0 m3 0.01", "l 5.0 m3 0.04", "total 5.0 m3 0.05")
    prints("k 1 0.0 8.0\nl 3 0.0 8.0", "0.00", "k 8.0 m3 0.00", "l 8.0 m3 0.00", "total 16.0 m3 0.00")
    prints("k 1 0.0 8.1\nl 3 0.0 8.0", "0.00", "k 8.1 m3 0.00 !", "l 8.0 m3 0.00", "total 16.1 m3 0.00")
    prints("k 5 0.0 -\nl 3 0.0 0.0\nm 9 0.0 0.1", "0.00", "k 18.0 m3 0.00", "l 0.0 m3 0.00", "m 0.1 m3 0.00", "total 18.1 m3 0.00")
    for line in ("m 1 1.0", "m 0 1.0 2.0", "m 1.5 1.0 2.0", "m 1 1 2", "m 1 1.0 2.00", "m 1 1.0 12345.0", "k 1 1.0 2.0", "m 1 - -", "m 1 1.0 2.0 !"):
        refuses(1, f"k 1 1.0 2.0\n\n\n{line}\n", "5.00", said="line 4")
    refuses(1, "\n\n", "5.00", said="no flat")
    refuses(1, None, "no-such-file", "5.00")
    for bill in ("5", "5.0", "5,00", "five", "5.000"):
        refuses(2, "k 1 1.0 2.0", bill)
    refuses(2, "k 1 1.0 2.0")
    refuses(2, None)


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")
