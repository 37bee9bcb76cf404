"""Who has which week."""

from collections.abc import Sequence

from rota.people import Person


def plan(people: Sequence[Person], weeks: int) -> list[str | None]:
    """A name for each week, one after the other."""
    if not people:
        return [None] * weeks
    return [people[week % len(people)].name for week in range(weeks)]
