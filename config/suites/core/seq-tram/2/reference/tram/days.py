"""What the rides of a day cost, in cents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tram.fares import for_age, full_cents
from tram.zones import zones_between

TICKET_MINUTES = 90
MOST_A_DAY = 850
LAST_MINUTE = 1439


@dataclass(frozen=True)
class Ride:
    """A ride that begins at a minute of the day."""

    minute: int
    start: str
    end: str

    def __post_init__(self) -> None:
        """Refuse a time that no day has."""
        if not 0 <= self.minute <= LAST_MINUTE:
            raise ValueError(f"no minute {self.minute}")


def charges(stops: Mapping[str, int], rides: Iterable[Ride], age: int = 30) -> list[int]:
    """What each ride costs, by time."""
    found = []
    left = MOST_A_DAY
    opened, zones = -TICKET_MINUTES, 0
    for ride in sorted(rides, key=lambda ride: ride.minute):
        touched = zones_between(stops, ride.start, ride.end)
        cents = full_cents(touched)
        if ride.minute - opened < TICKET_MINUTES:
            cents -= full_cents(min(zones, touched))
            zones = max(zones, touched)
        else:
            opened, zones = ride.minute, touched
        cents = min(cents, left)
        left -= cents
        found.append(for_age(cents, age))
    return found


def day_cents(stops: Mapping[str, int], rides: Iterable[Ride], age: int = 30) -> int:
    """What all of them cost."""
    return sum(charges(stops, rides, age))
