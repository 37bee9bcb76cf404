from __future__ import annotations

from ..config import RoleConfig
from ..state import Budget
from .base import Around, Call, Model, ModelRefused, Reply
from .prices import worst_case_usd


class Budgeted(Around):
    """A model whose every call is paid from the run's budget: reserved at its worst case before, settled after."""

    def __init__(self, inner: Model, config: RoleConfig, budget: Budget, cap_usd: float | None) -> None:
        super().__init__(inner)
        self._config = config
        self._budget = budget
        self._cap_usd = cap_usd

    async def ask(self, call: Call) -> Reply:
        """Ask the inner model if the budget allows it. OverBudget where it does not.

        A price must be known where there is a cap; `check_lineup` sees to that before a run starts.
        """
        worst = worst_case_usd(self._config, len(call.canonical(self.name).encode()))
        reservation = await self._budget.reserve(worst or 0.0, self._cap_usd)
        try:
            reply = await self.inner.ask(call)
        except ModelRefused:
            await self._budget.settle(reservation, 0.0)
            raise
        # A reply without usage, and a call that never returned, count as their worst case.
        await self._budget.settle(reservation, worst or 0.0 if reply.usage.cost_usd is None else reply.usage.cost_usd)
        return reply
