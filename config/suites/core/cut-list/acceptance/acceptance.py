"""What the joiner would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def cutlist(text: str | None, *words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            file = Path(folder) / "pieces.txt"
            file.write_text(text, encoding="utf-8")
            words = (str(file), *words)
        command = [sys.executable, "-m", "cutlist", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def prints(text: str, words: str, *lines: str) -> None:
    code, out, err = cutlist(text, *words.split())
    assert (code, out.splitlines()) == (0, list(lines)), f"{text!r} {words}: {code}, {out.splitlines()} {err[-200:]!r} instead of {lines}"


def refuses(code: int, text: str | None, *words: str, said: str = "") -> None:
    found, out, err = cutlist(text, *words)
    assert (found, out) == (code, ""), f"{text!r} {words}: exit code {found}, {out!r}"
    assert err.strip() and said in err and "Traceback" not in err, f"{text!r}: {err[-200:]!r} lacks {said!r}"


def main() -> None:
    prints("", "", "new boards 0, offcuts 0, waste 0 mm, yield 0.0%")
    prints("# none\n\n", "--offcut 700", "new boards 0, offcuts 0, waste 0 mm, yield 0.0%")
    prints("a 1200\nb 1197\nc 1197", "", "2400: a 1200, b 1197; left 0", "2400: c 1197; left 1203", "new boards 2, offcuts 1, waste 0 mm, yield 74.9%")
    prints("a 1200\nb 1198", "", "2400: a 1200; left 1200", "2400: b 1198; left 1202", "new boards 2, offcuts 2, waste 0 mm, yield 50.0%")
    prints("z 300 2\ny 300\nx 600", "--stock 610 --kerf 10", "610: x 600; left 10", "610: y 300, z 300; left 0", "610: z 300; left 310",
           "new boards 3, offcuts 1, waste 10 mm, yield 82.0%")
    prints("a 700\nb 200\nc 600\nd 100\ne 95", "--stock 1000 --kerf 0", "1000: a 700, b 200, d 100; left 0", "1000: c 600, e 95; left 305",
           "new boards 2, offcuts 1, waste 0 mm, yield 84.8%")
    prints("a 500 3\nb 800", "--stock 1000 --offcut 899 --offcut 500 --offcut 450 --kerf 2", "500: a 500; left 0", "899: b 800; left 99", "1000: a 500; left 500",
           "1000: a 500; left 500", "new boards 2, offcuts 2, waste 99 mm, yield 67.7%")
    prints("beam 3000", "--offcut 3299", "3299: beam 3000; left 299", "new boards 0, offcuts 0, waste 299 mm, yield 90.9%")
    prints("p 10", "--stock 310", "310: p 10; left 300", "new boards 1, offcuts 1, waste 0 mm, yield 3.2%")
    prints("p 2001", "--stock 4000", "4000: p 2001; left 1999", "new boards 1, offcuts 1, waste 0 mm, yield 50.0%")
    prints("p 2002", "--stock 4000", "4000: p 2002; left 1998", "new boards 1, offcuts 1, waste 0 mm, yield 50.1%")
    for line in ("a", "a 9", "a 100 0", "a 100 2 3", "a ten", "a 99.5", "a -100"):
        refuses(1, f"a 100\n#\n\n{line}\n", said="line 4")
    refuses(1, "ok 100\nplank 2401", said="plank")
    refuses(1, None, "no-such-file")
    refuses(2, None)
    refuses(2, "a 100", "--stock", "long")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")
