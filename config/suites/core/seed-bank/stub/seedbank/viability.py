"""How alive a lot is."""

from seedbank.lots import Lot

LOSSES = {"onion": 9, "bean": 4, "tomato": 5}

OTHERS = 7

OLD = 5

GOOD = 80

REGROW = 50


def rate(lot: Lot, year: int) -> int:
    """The percent of seeds that would sprout in a year. ValueError for a year before the test."""
    raise NotImplementedError


def status(lot: Lot, year: int) -> str:
    """What a lot is good for in a year."""
    raise NotImplementedError
