from __future__ import annotations

from ..config import RoleConfig
from ..state import Budget, Spend
from ..state.records import Usage
from .base import Around, Call, Model, ModelRefused, ModelUnreachable, Reply
from .prices import check_price, worst_case


class Budgeted(Around):
    """A model whose every call is paid from the run's budget: reserved at its worst case before, settled after.

    ConfigurationError where a cost is bounded and the model's price is not known.
    """

    def __init__(self, inner: Model, config: RoleConfig, budget: Budget) -> None:
        super().__init__(inner)
        check_price(inner.role, config, budget.limits)
        self._config = config
        self._budget = budget

    async def ask(self, call: Call) -> Reply:
        """Ask the inner model if the budget allows it. OverBudget where it does not."""
        took = worst = worst_case(self._config, len(call.canonical(self.name).encode()))
        stage = call.step.partition("/")[0]
        reservation = await self._budget.reserve(stage, worst, lasts=self._config.request_timeout)
        try:
            reply = await self.inner.ask(call)
            took = _taken(reply.usage, worst)
            return reply
        except (ModelRefused, ModelUnreachable) as error:
            if isinstance(error, ModelRefused) or error.unanswered:
                took = Spend(steps=1)
            raise
        finally:  # a call that was cut, or that never returned, may have been charged
            await self._budget.settle(reservation, took)


def _taken(usage: Usage, worst: Spend) -> Spend:
    """What a reply took; what it does not tell counts as the worst case."""
    cost = worst.cost_usd if usage.cost_usd is None else usage.cost_usd
    return Spend(1, usage.input_tokens + usage.output_tokens or worst.tokens, cost)
