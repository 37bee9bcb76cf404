"""The command line."""

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Print what stays and what goes, and return the exit code."""
    raise NotImplementedError
