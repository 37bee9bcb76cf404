"""What the person with the backups would try by hand."""

import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def keeper(text: str | None, *words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            file = Path(folder) / "list.txt"
            file.write_text(text, encoding="utf-8")
            words = (str(file), *words)
        command = [sys.executable, "-m", "keeper", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def prints(today: str, text: str, wanted: str) -> None:
    code, out, err = keeper(text, "--today", today)
    lines = [part.strip() for part in wanted.split(",")]
    assert (code, out.splitlines()) == (0, lines), f"{text!r}: {code}, {out.splitlines()} {err[-200:]!r} instead of {lines}"


def refuses(code: int, text: str | None, *words: str, said: str = "") -> None:
    found, out, err = keeper(text, *words)
    assert (found, out) == (code, ""), f"{text!r} {words}: exit code {found}, {out!r}"
    assert err.strip() and said in err and "Traceback" not in err, f"{text!r}: {err[-200:]!r} lacks {said!r}"


def main() -> None:
    day = "2027-06-16"  # a Wednesday
    prints(day, "", "frees 0 MB")
    prints(day, "2027-06-10 5\n# old\n2027-06-09 6\n\n2027-06-16 7", "keep 2027-06-16 day, keep 2027-06-10 day, keep 2027-06-09 week, frees 0 MB")
    prints(day, "2027-06-09 6\n2027-06-08 9\n2027-06-07 2\n2027-06-06 1\n2027-06-05 4",
           "keep 2027-06-07 week, keep 2027-06-05 week, delete 2027-06-09, delete 2027-06-08, delete 2027-06-06, frees 16 MB")
    prints(day, "2027-06-07 2 pin\n2027-06-08 9\n2027-06-09 6\n2027-06-16 1 pin",
           "keep 2027-06-16 pin, keep 2027-06-08 week, keep 2027-06-07 pin, delete 2027-06-09, frees 6 MB")
    prints(day, "2027-06-01 1\n2027-05-20 1\n2027-05-12 1\n2027-04-28 1\n2027-04-20 1\n2027-04-19 8\n2027-03-30 1\n2027-03-02 3",
           "keep 2027-06-01 week, keep 2027-05-20 week, keep 2027-05-12 week, keep 2027-04-28 week, keep 2027-04-19 month, keep 2027-03-02 month, "
           "delete 2027-04-20, delete 2027-03-30, frees 2 MB")
    months = "".join(f"{year}-{month:02d}-20 100\n{year}-{month:02d}-11 50\n" for year in (2025, 2026) for month in (1, 3, 5, 7, 9, 11))
    prints(day, months, "keep 2026-11-20 week, keep 2026-11-11 week, keep 2026-09-20 week, keep 2026-09-11 week, keep 2026-07-11 month, keep 2026-05-11 month, "
           "keep 2026-03-11 month, keep 2026-01-11 month, keep 2025-11-11 month, keep 2025-09-11 month, delete 2026-07-20, delete 2026-05-20, delete 2026-03-20, "
           "delete 2026-01-20, delete 2025-11-20, delete 2025-09-20, delete 2025-07-20, delete 2025-07-11, delete 2025-05-20, delete 2025-05-11, delete 2025-03-20, "
           "delete 2025-03-11, delete 2025-01-20, delete 2025-01-11, frees 1200 MB")
    prints("2027-01-10", "2027-01-02 1\n2026-12-31 1\n2026-12-28 2", "keep 2026-12-28 week, delete 2027-01-02, delete 2026-12-31, frees 2 MB")
    for line in ("2027-06-01", "2027-06-01 1.5", "2027-06-31 1", "2027-06-01 1 keep", "2027-06-02 3", "june 3", "2027-06-01 1 pin x"):
        refuses(1, f"2027-06-02 1\n\n{line}\n", "--today", day, said="line 3")
    refuses(1, "2027-06-17 1", "--today", day, said="2027-06-17")
    refuses(1, None, "no-such-file", "--today", day)
    refuses(2, None)
    refuses(2, "2027-06-17 1", "--today", "yesterday")
    now = date.today()
    code, out, _ = keeper(f"{now - timedelta(days=3)} 1\n{now - timedelta(days=12)} 1\n")
    assert (code, out.splitlines()[:2]) == (0, [f"keep {now - timedelta(days=3)} day", f"keep {now - timedelta(days=12)} week"]), f"today: {out!r}"


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")
