"""Figures about readings."""

from collections.abc import Iterable

from gauge.readings import Reading


def mean(readings: Iterable[Reading]) -> int:
    """The mean level, rounded half up."""
    levels = [reading.level for reading in readings]
    return (2 * sum(levels) + len(levels)) // (2 * len(levels))


def highest(readings: Iterable[Reading]) -> Reading:
    """The first of the highest readings."""
    return max(readings, key=lambda reading: reading.level)
