"""Where stops are."""

from collections.abc import Mapping


def zones_between(stops: Mapping[str, int], start: str, end: str) -> int:
    """How many zones a ride touches."""
    raise NotImplementedError
