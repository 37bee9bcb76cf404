"""How long calls would take in the simulation, with those at the same time that were."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Call


def critical_path(calls: Sequence[Call]) -> float:
    """Simulated seconds from the first call to the end of the last.

    A call waits for those whose answers had left when it arrived, and for no other: what was under way at the same time
    would be there, too. Answers that really take a while, in the proportion of the simulated ones, tell that apart.
    """
    ends: list[tuple[float, float]] = []
    for call in sorted(calls, key=lambda call: call.arrived):
        begins = max((end for left, end in ends if left <= call.arrived), default=0.0)
        ends.append((call.left, begins + call.seconds))
    return max((end for _, end in ends), default=0.0)
