"""What everybody owes."""

from collections import Counter

from parking.stays import parse_stays, plate_of
from parking.tariff import halved, stay_cents


def report(text: str, subscribers: list[str]) -> str:
    """A line for each plate, then the total."""
    halves = {plate_of(plate) for plate in subscribers}
    owed: Counter[str] = Counter()
    for stay in parse_stays(text):
        cents = stay_cents(stay.start, stay.end)
        owed[stay.plate] += halved(cents) if stay.plate in halves else cents
    lines = [f"{plate} {_amount(owed[plate])}" for plate in sorted(owed)]
    lines.append(f"total {_amount(sum(owed.values()))}")
    return "\n".join(lines)


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
