"""A budget is a promise: whatever cells cost and in whatever order they end, it is not exceeded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from slipway.experiments.spending import Purse

CENTS = st.integers(min_value=0, max_value=100)


@given(
    budget=st.integers(1, 300),
    before=CENTS,
    cells=st.lists(st.tuples(st.integers(1, 100), st.floats(0, 1)), max_size=12),
    order=st.randoms(use_true_random=False),
    parallel=st.integers(1, 4),
)
def test_cells_with_a_limit_never_exceed_it(
    budget: int, before: int, cells: Sequence[tuple[int, float]], order: object, parallel: int
) -> None:
    async def go() -> None:
        charged = {"old": float(before)}

        async def ask(cell: str) -> float:
            return charged.get(cell, 0.0)

        purse = Purse(budget, charged, ask)
        running: list[tuple[str, float]] = []
        for number, (most, part) in enumerate(cells):
            if len(running) == parallel:
                name, cost = running.pop(order.randrange(len(running)))  # type: ignore[attr-defined]
                charged[name] = cost
                purse.settle(name, cost)
            if await purse.take(str(number), most):
                running.append((str(number), most * part))
        charged.update(running)
        assert sum(charged.values()) <= max(budget, before) + 1e-9

    asyncio.run(go())


async def test_a_cell_without_a_limit_counts_as_what_it_was_charged_by_now() -> None:
    charged = {"a": 0.0}

    async def ask(cell: str) -> float:
        return charged.get(cell, 0.0)

    purse = Purse(1, {}, ask)
    assert await purse.take("a", None) and await purse.take("b", None)
    charged["a"] = 1.0
    assert not await purse.take("c", None)
    purse.settle("a", 0.4)
    assert await purse.take("c", None)


async def test_what_is_gone_on_with_is_counted_once() -> None:
    async def ask(cell: str) -> float:
        return 0.9

    purse = Purse(1, {"a": 0.9}, ask)
    assert await purse.take("a", 1.0)


async def test_without_a_budget_everything_fits() -> None:
    async def ask(cell: str) -> float:
        raise AssertionError("nobody needs to know")

    assert await Purse(None, {"a": 1e9}, ask).take("b", 1e9)
