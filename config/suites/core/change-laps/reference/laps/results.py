"""The order of a race."""

from collections.abc import Iterable

from laps.riders import Ride, total_ms


def classified(rides: Iterable[Ride]) -> list[Ride]:
    """The rides that count, the winner first."""
    known = [ride for ride in rides if ride.laps_ms and not ride.disqualified]
    known.sort(key=lambda ride: (-len(ride.laps_ms), total_ms(ride), ride.number))
    return [ride for ride in known if len(ride.laps_ms) * 4 >= len(known[0].laps_ms) * 3]


def gap(winner: Ride, ride: Ride) -> str:
    """How much later it came in, or how many laps it lacks."""
    if ride.number == winner.number:
        return "winner"
    missing = len(winner.laps_ms) - len(ride.laps_ms)
    if missing == 0:
        seconds, thousandths = divmod(total_ms(ride) - total_ms(winner), 1000)
        return f"+{seconds}.{thousandths:03}"
    return "+1 lap" if missing == 1 else f"+{missing} laps"
