"""People of a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who can have a week."""

    name: str


def parse(text: str) -> list[Person]:
    """The people, one a line."""
    return [Person(line.strip()) for line in text.splitlines() if line.strip()]
