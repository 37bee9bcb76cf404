"""What the program does."""

from pathlib import Path


def count_lines(path: Path) -> int:
    """The number of lines of the file at `path`. OSError or ValueError where it cannot be read."""
    return len(path.read_text(encoding="utf-8").splitlines())
