"""What a firing takes, and what it costs."""

from kiln.curve import START, move_minutes
from kiln.program import Segment

RISING = 150
HOLDING_HOT = 90
HOLDING = 40
HOT = 1000


def energy_wh(segments: list[Segment]) -> int:
    """The watt-hours of a program."""
    total = 0
    before = START
    for segment in segments:
        if segment.target > before:
            total += RISING * move_minutes(before, segment)
        total += segment.hold * (HOLDING_HOT if segment.target >= HOT else HOLDING)
        before = segment.target
    return total


def cost_cents(segments: list[Segment], price: int) -> int:
    """The cents of a program at a price in cents per kWh, rounded half up."""
    return (energy_wh(segments) * price + 500) // 1000
