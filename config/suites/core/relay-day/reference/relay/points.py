"""What a race brings, in tenths of a point."""

from relay.results import Result

PLACES = (100, 70, 50, 30, 20, 10)
UNFINISHED = 5
DISQUALIFIED = -20


def race_points(results: list[Result]) -> dict[str, int]:
    """The tenths of a point of each team in one race."""
    times = sorted(result.time for result in results if result.outcome == "time")
    points: dict[str, int] = {}
    for result in results:
        if result.outcome == "dq":
            points[result.team] = DISQUALIFIED
        elif result.outcome == "dnf":
            points[result.team] = UNFINISHED
        else:
            points[result.team] = _shared(times.index(result.time), times.count(result.time))
    return points


def winners(results: list[Result]) -> set[str]:
    """The teams in the first place of one race."""
    finished = [result for result in results if result.outcome == "time"]
    best = min((result.time for result in finished), default=0)
    return {result.team for result in finished if result.time == best}


def _shared(place: int, count: int) -> int:
    """What each of `count` teams gets that share the places from `place`, counted from 0."""
    return sum(PLACES[place : place + count]) // count
