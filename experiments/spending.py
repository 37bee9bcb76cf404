"""The budget of an experiment: no cell begins when all of them together could come to more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping


class Purse:
    """What the cells of an experiment were charged, and what those under way may yet be.

    A cell whose runs have a limit counts as that limit while it is under way; one without, as what it was charged by
    now: then all may come to more than the budget, by what those under way take yet.
    """

    def __init__(
        self, budget: float | None, charged: Mapping[str, float], ask: Callable[[str], Awaitable[float]]
    ) -> None:
        self._budget = budget
        self._charged = dict(charged)
        self._ask = ask
        self._under_way: dict[str, float | None] = {}

    async def take(self, cell: str, most: float | None) -> bool:
        """Count `cell`, which may take `most` USD, as under way; False where that does not fit."""
        if self._budget is not None:
            rest = sum(usd for name, usd in self._charged.items() if name != cell and name not in self._under_way)
            taken = [await self._reserved(name, limit) for name, limit in {**self._under_way, cell: most}.items()]
            together = rest + sum(taken)
            if together > self._budget or (most is None and together == self._budget):
                return False
        self._under_way[cell] = most
        return True

    def settle(self, cell: str, charged: float) -> None:
        """Count what `cell` was charged in place of what it might be."""
        self._under_way.pop(cell, None)
        self._charged[cell] = charged

    async def _reserved(self, cell: str, most: float | None) -> float:
        return await self._ask(cell) if most is None else most
