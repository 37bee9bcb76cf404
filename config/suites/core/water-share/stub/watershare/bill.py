"""Who pays what."""

import re
from watershare.flats import Flat

_AMOUNT = re.compile(r"([0-9]+)\.([0-9]{2})")

BY_PEOPLE = 30

MUCH = 2


def parse_amount(text: str) -> int:
    """The cents of an amount such as "812.40". ValueError if it is none."""
    raise NotImplementedError


def bill(flats: list[Flat], cents: int) -> list[str]:
    """A line for each flat, and the total."""
    raise NotImplementedError
