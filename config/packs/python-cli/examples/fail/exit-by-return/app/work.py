import sys


def work(ready: bool) -> None:
    if not ready:
        print("not ready", file=sys.stderr)
        sys.exit(3)


def stop() -> None:
    raise SystemExit(1)


def leave() -> None:
    quit()
