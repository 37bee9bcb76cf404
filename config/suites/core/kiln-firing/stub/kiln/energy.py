"""What a firing takes, and what it costs."""

from kiln.program import Segment

RISING = 150

HOLDING_HOT = 90

HOLDING = 40

HOT = 1000


def energy_wh(segments: list[Segment]) -> int:
    """The watt-hours of a program."""
    raise NotImplementedError


def cost_cents(segments: list[Segment], price: int) -> int:
    """The cents of a program at a price in cents per kWh, rounded half up."""
    raise NotImplementedError
