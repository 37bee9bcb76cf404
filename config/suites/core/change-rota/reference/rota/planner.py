"""Who has which week."""

from collections.abc import Iterable, Sequence

from rota.people import Person


def plan(people: Sequence[Person], first: int, weeks: int) -> list[str | None]:
    """A name for each week from `first` on; None where nobody is there."""
    planned: list[str | None] = []
    for week in range(first, first + weeks):
        there = [person.name for person in people if week not in person.away]
        before = planned[-1] if planned else None
        rested = [name for name in there if name != before] or there
        planned.append(min(rested, key=lambda name: (planned.count(name), _last(planned, name))) if rested else None)
    return planned


def counts(people: Sequence[Person], planned: Iterable[str | None]) -> list[tuple[str, int]]:
    """How many weeks everybody has, in the order of the people."""
    names = list(planned)
    return [(person.name, names.count(person.name)) for person in people]


def _last(planned: list[str | None], name: str) -> int:
    """The place of the last week that somebody has, -1 without one."""
    return max((place for place, each in enumerate(planned) if each == name), default=-1)
