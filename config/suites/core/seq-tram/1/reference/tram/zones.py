"""Where stops are."""

from collections.abc import Mapping


def zones_between(stops: Mapping[str, int], start: str, end: str) -> int:
    """How many zones a ride touches; ValueError for a stop that is not there."""
    for name in (start, end):
        if name not in stops:
            raise ValueError(f"no stop {name}")
    return abs(stops[start] - stops[end]) + 1
