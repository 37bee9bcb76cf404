"""Shares out the water of a tank."""

from collections.abc import Iterable, Mapping


def share(needs: Mapping[str, int], stored: int) -> dict[str, int]:
    """What each bed gets, by name, sorted; ValueError for less than nothing."""
    _check(stored)
    wanted = sum(needs.values())
    if stored >= wanted:
        return dict(sorted(needs.items()))
    given = {name: need * stored // wanted for name, need in sorted(needs.items())}
    left = stored - sum(given.values())
    for name in sorted(given, key=lambda name: (-(needs[name] * stored % wanted), name))[:left]:
        given[name] += 1
    return given


def dry_day(needs_by_day: Iterable[Mapping[str, int]], stored: int) -> int | None:
    """The first day that does not get all it needs, from 1; None where the tank lasts."""
    _check(stored)
    left = stored
    for number, needs in enumerate(needs_by_day, 1):
        left -= sum(needs.values())
        if left < 0:
            return number
    return None


def _check(stored: int) -> None:
    """Refuse a tank that cannot be."""
    if stored < 0:
        raise ValueError("a tank cannot hold less than 0")
