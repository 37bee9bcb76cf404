"""Figures about readings; gaps are in none but their number."""

from collections.abc import Iterable

from gauge.readings import Reading


def mean(readings: Iterable[Reading]) -> int | None:
    """The mean level, rounded half up; None without a level."""
    levels = [reading.level for reading in readings if reading.level is not None]
    return (2 * sum(levels) + len(levels)) // (2 * len(levels)) if levels else None


def highest(readings: Iterable[Reading]) -> Reading | None:
    """The first of the highest readings; None without a level."""
    best: Reading | None = None
    for reading in readings:
        if reading.level is None:
            continue
        if best is None or best.level is None or reading.level > best.level:
            best = reading
    return best


def gaps(readings: Iterable[Reading]) -> int:
    """How many gaps there are."""
    return sum(reading.level is None for reading in readings)


def alarms(readings: Iterable[Reading], limit: int) -> list[tuple[str, str, int]]:
    """First time, last time and highest level of each stretch at or over the limit."""
    found: list[tuple[str, str, int]] = []
    is_open = False
    for reading in readings:
        if reading.level is None:
            continue
        if reading.level < limit:
            is_open = False
        elif is_open:
            first, _, top = found[-1]
            found[-1] = (first, reading.time, max(top, reading.level))
        else:
            found.append((reading.time, reading.time, reading.level))
            is_open = True
    return found
