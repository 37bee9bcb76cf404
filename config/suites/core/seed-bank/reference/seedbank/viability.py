"""How alive a lot is."""

from seedbank.lots import Lot

LOSSES = {"onion": 9, "bean": 4, "tomato": 5}
OTHERS = 7
OLD = 5
GOOD = 80
REGROW = 50


def rate(lot: Lot, year: int) -> int:
    """The percent of seeds that would sprout in a year. ValueError for a year before the test."""
    if year < lot.year:
        raise ValueError(f"{lot.code} was tested in {lot.year}, after {year}")
    tested = (lot.sprouted * 200 + lot.sown) // (2 * lot.sown)
    loss = LOSSES.get(lot.species, OTHERS)
    return max(0, tested - loss * (year - lot.year))


def status(lot: Lot, year: int) -> str:
    """What a lot is good for in a year."""
    percent = rate(lot, year)
    if year - lot.year > OLD:
        return "retest"
    if percent >= GOOD:
        return "good"
    if percent >= REGROW:
        return "regrow"
    return "lost"
