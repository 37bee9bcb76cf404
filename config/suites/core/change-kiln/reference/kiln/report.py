"""A schedule as text."""

from collections.abc import Sequence

from kiln.cost import firing_cents
from kiln.schedule import befores, total_minutes
from kiln.segments import Segment, direction, ramp_minutes

WORDS = {"up": "up to", "down": "down to", "stay": "stay at"}


def report(segments: Sequence[Segment]) -> list[str]:
    """A line for each segment, and the total."""
    lines = []
    for number, (segment, before) in enumerate(zip(segments, befores(segments), strict=True), 1):
        line = f"{number} {WORDS[direction(segment, before)]} {segment.target} in {ramp_minutes(segment, before)} min"
        if segment.hold:
            line += f", hold {segment.hold} min"
        lines.append(line)
    hours, minutes = divmod(total_minutes(segments), 60)
    euros, cents = divmod(firing_cents(segments), 100)
    return [*lines, f"total {hours} h {minutes:02} min, {euros}.{cents:02} EUR"]
