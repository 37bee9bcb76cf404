"""What the sports teacher would try by hand."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def relay(text: str | None, *words: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            file = Path(folder) / "results.txt"
            file.write_text(text, encoding="utf-8")
            words = (str(file), *words)
        command = [sys.executable, "-m", "relay", *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=30)
    return done.returncode, done.stdout, done.stderr


def prints(text: str, *lines: str) -> None:
    code, out, err = relay(text)
    assert (code, out.splitlines()) == (0, list(lines)), f"{text!r}: {code}, {out!r}, {err!r} instead of {lines}"


def refuses(text: str | None, *words: str, said: str = "") -> None:
    code, out, err = relay(text, *words)
    assert (code, out) == (2, ""), f"{text!r} {words}: exit code {code}, {out!r}"
    assert err.strip() and said in err and "Traceback" not in err, f"{text!r}: {err!r} lacks {said!r}"


def main() -> None:
    prints("x,a,10.10\nx,b,10.09\nx,c,1:00.00\nx,d,59.99\nx,e,1:00.01\nx,f,2:00.00\nx,g,3:00.00",
           "1. b 10.0", "2. a 7.0", "3. d 5.0", "4. c 3.0", "5. e 2.0", "6. f 1.0", "7. g 0.0")
    prints("x,a,20.00\n\nx,b,18.00,2\nx, c ,15.00,5\nx,d,21.00", "1. a 7.3", "2. b 7.3", "3. c 7.3", "4. d 3.0")
    prints("x,a,20.00\nx,b,20.00\nx,c,25.00\nx,d,24.00,1\nx,e,26.00", "1. a 8.5", "2. b 8.5", "3. c 4.0", "4. d 4.0", "5. e 2.0")
    prints("x,a,01.00\nx,b,02.00\nx,c,03.00\nx,d,04.00\nx,e,05.00\nx,f,06.00\nx,g,06.00",
           "1. a 10.0", "2. b 7.0", "3. c 5.0", "4. d 3.0", "5. e 2.0", "6. f 0.5", "7. g 0.5")
    prints("x,a,dnf\nx,b,dq\nx,c,30.00", "1. c 10.0", "2. a 0.5", "3. b -2.0")
    prints("x,b,dq\ny,b,dnf\nz,b,dnf\nz,a,dq", "1. b -1.0", "-. a -2.0")
    prints("x,a,10.00\ny,a,10.00\nz,a,10.00\nw,a,10.00\nx,b,09.00\ny,b,dq\nx,d,11.00\ny,c,11.00",
           "1. a 37.0", "2. b 8.0", "-. c 7.0", "-. d 5.0")
    # b: 10 + 0; a: 7 + 3; both have 10, b has won once
    prints("x,b,10.00\nx,a,11.00\ny,c,10.00\ny,d,11.00\ny,e,12.00\ny,a,13.00\ny,f,14.00\ny,g,15.00\ny,b,16.00\nx,c,dq\nx,d,dq\nx,e,dq\nx,f,dq\nx,g,dq",
           "1. b 10.0", "2. a 10.0", "3. c 8.0", "4. d 5.0", "5. e 3.0", "6. f 0.0", "7. g -1.0")
    prints("x,b,10.00\nx,a,10.00\ny,b,10.00\ny,a,10.00", "1. a 17.0", "2. b 17.0")
    prints("x,Zoë,10.00", "1. Zoë 10.0")
    prints("")
    for line in ("x,b", "x,b,10", "x,b,60.00", "x,b,1:2.00", "x,b,9.00", "x,b,10.00,0", "x,b,10.00,61", "x,b,10.00,x", "x,b,dq,1", "x,b,dnf,1",
                 "x,a,11.00", "x,b,10.00,5,6", "x,b,dns"):
        refuses(f"x,a,10.00\n\n{line}\n", said="line 3")
    refuses(None)
    refuses(None, "no-such-file.txt")
    refuses("x,a,10.00", "another.txt")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")
