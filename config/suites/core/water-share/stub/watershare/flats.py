"""Flats, and what their meters say."""

import re
from dataclasses import dataclass

_READING = re.compile(r"([0-9]{1,4})\.([0-9])")

AROUND = 100_000

"""Tenths after which a meter begins again."""

ESTIMATE = 36

"""Tenths for each person where a meter is broken."""


@dataclass(frozen=True)
class Flat:
    """A flat and the water that it used."""

    name: str
    people: int
    used: int
    """Tenths of a cubic metre."""
    broken: bool = False


def parse_flats(text: str) -> list[Flat]:
    """The flats in their order. ValueError names the line that is wrong, or says that there is none."""
    raise NotImplementedError
