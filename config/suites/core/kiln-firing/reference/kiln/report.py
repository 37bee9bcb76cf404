"""A program's figures for a person."""

from kiln.curve import duration
from kiln.energy import cost_cents, energy_wh
from kiln.program import parse_program


def report(text: str, price: int) -> str:
    """Time, peak, energy and cost of a program, a line each."""
    segments = parse_program(text)
    hours, minutes = divmod(duration(segments), 60)
    peak = max(segment.target for segment in segments)
    cents = cost_cents(segments, price)
    lines = [
        f"time {hours}:{minutes:02d}",
        f"peak {peak}",
        f"energy {energy_wh(segments)} Wh",
        f"cost {cents // 100}.{cents % 100:02d}",
    ]
    return "\n".join(lines)
