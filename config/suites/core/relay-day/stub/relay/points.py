"""What a race brings, in tenths of a point."""

from relay.results import Result

PLACES = (100, 70, 50, 30, 20, 10)

UNFINISHED = 5

DISQUALIFIED = -20


def race_points(results: list[Result]) -> dict[str, int]:
    """The tenths of a point of each team in one race."""
    raise NotImplementedError


def winners(results: list[Result]) -> set[str]:
    """The teams in the first place of one race."""
    raise NotImplementedError
