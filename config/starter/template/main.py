"""The program."""


def main() -> int:
    """Run it, and return its exit code."""
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
