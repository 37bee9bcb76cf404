"""People of a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who can have a week, and the weeks in which they cannot."""

    name: str
    away: frozenset[int] = frozenset()


def parse(text: str) -> list[Person]:
    """The people, one a line; ValueError names a line that is wrong."""
    found: dict[str, Person] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, _, weeks = line.partition(":")
        name = name.strip()
        if name in found:
            raise ValueError(f"line {number}: {name} is there twice")
        found[name] = Person(name, _away(weeks, number))
    return list(found.values())


def _away(text: str, number: int) -> frozenset[int]:
    """The weeks that the text says."""
    weeks: set[int] = set()
    for part in (part.strip() for part in text.split(",") if part.strip()):
        first, dash, last = part.partition("-")
        try:
            begin, end = int(first), int(last if dash else first)
        except ValueError as error:
            raise ValueError(f"line {number}: no weeks {part}") from error
        if begin < 1 or end < begin:
            raise ValueError(f"line {number}: no weeks {part}")
        weeks.update(range(begin, end + 1))
    return frozenset(weeks)
