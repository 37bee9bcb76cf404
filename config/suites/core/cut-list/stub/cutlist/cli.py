"""The command line."""

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Print the plan and return the exit code."""
    raise NotImplementedError
