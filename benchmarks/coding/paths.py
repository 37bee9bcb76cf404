"""How long a run takes where only models do, in turns: pure functions of the turns of its writers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

ARCHITECT = 2
"""Turns before the first component: the brief and the plan."""


def dependency_path(turns: Mapping[str, int], uses: Mapping[str, Collection[str]]) -> int:
    """Where each component is begun as soon as those are written that it uses: the critical path."""
    ends: dict[str, int] = {}
    while left := turns.keys() - ends.keys():
        ready = [name for name in left if all(other in ends for other in uses[name])]
        if not ready:
            raise ValueError(f"{', '.join(sorted(left))} wait for each other")
        ends |= {name: max((ends[other] for other in uses[name]), default=0) + turns[name] for name in ready}
    return ARCHITECT + max(ends.values(), default=0)


def wave_path(turns: Mapping[str, int], waves: Sequence[Collection[str]]) -> int:
    """Where each wave waits for the slowest writer of the one before."""
    return ARCHITECT + sum(max(turns[name] for name in wave) for wave in waves)
