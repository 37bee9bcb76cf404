"""An order ends what a passage does at any await, exactly once, and is never taken for a Ctrl-C, nor one for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from slipway.graphs.failures import Verdict
from slipway.graphs.orders import Halted, Orders, obeyed
from slipway.state import Answer, Cancel, Pause, Steer


@pytest.fixture
def orders() -> Orders:
    return Orders()


async def test_what_the_block_does_is_ended_before_the_order_is_raised(orders: Orders) -> None:
    done: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)  # a sandbox that is closed
            done.append("cleaned up")

    asyncio.get_running_loop().call_later(0.02, orders.take, Cancel(reason="no"))
    with pytest.raises(Halted) as raised:
        async with orders.heeded():
            await asyncio.gather(work(), work())
    assert (raised.value.order, done) == (orders.order, ["cleaned up"] * 2)
    await asyncio.sleep(0)  # the task goes on: it has an outcome to write


async def test_an_order_from_before_ends_the_block_at_its_first_await(orders: Orders) -> None:
    orders.take(Pause())
    steps: list[int] = []
    with pytest.raises(Halted):
        async with orders.heeded():
            for number in range(3):
                await asyncio.sleep(0.01)
                steps.append(number)
    assert steps == []


async def test_a_cancelled_task_is_cancelled(orders: Orders) -> None:
    """Ctrl-C, or the end of a timeout, is no order."""

    async def work() -> None:
        async with orders.heeded():
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), orders.heeded():
            await asyncio.sleep(60)


async def test_who_is_cancelled_and_has_an_order_is_cancelled(orders: Orders) -> None:
    """Otherwise whoever waits for the task to be gone would wait for ever."""

    async def work() -> None:
        async with orders.heeded():
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    orders.take(Pause())
    await asyncio.sleep(0)  # the order is on its way
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_order_that_comes_when_the_block_is_over_ends_nothing(orders: Orders) -> None:
    async with orders.heeded():
        await asyncio.sleep(0)
    orders.take(Cancel())
    await asyncio.sleep(0.01)


async def _swallows() -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return


async def _turns_into_another_error() -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise KeyError("gone") from None


@pytest.mark.parametrize(("work", "error"), [(_swallows, None), (_turns_into_another_error, KeyError)])
async def test_code_that_does_not_pass_a_cancel_on_leaves_the_task_whole(
    orders: Orders, work: Callable[[], asyncio.Future[None]], error: type[Exception] | None
) -> None:
    """The outcome is written by the same task: a cancel that is still pending would cut that."""
    orders_came = asyncio.get_running_loop().call_later(0.01, orders.take, Cancel())
    raised = None
    try:
        async with orders.heeded():
            await work()
    except KeyError as caught:
        raised = type(caught)
    task = asyncio.current_task()
    assert task and (raised, task.cancelling(), orders_came.cancelled()) == (error, 0, False)
    await asyncio.sleep(0.01)


def test_a_cancel_outweighs_a_pause_and_other_messages_are_no_orders(orders: Orders) -> None:
    first, cancel, later = Pause(), Cancel(reason="a"), Pause()
    seen: list[Cancel | Pause | None] = []
    for message in (Steer(text="x"), Answer(interrupt="i", decision=None), first, cancel, later):
        orders.take(message)
        seen.append(orders.order)
    assert seen == [None, None, first, cancel, cancel]


@pytest.mark.parametrize(
    ("order", "verdict"),
    [
        (Cancel(), ("cancelled", "cancel", "cancelled, as asked")),
        (Cancel(reason="too slow"), ("cancelled", "cancel", "cancelled, as asked: too slow")),
        (Pause(), ("paused", "pause", "paused, as asked; go on with: slipway resume r1")),
    ],
)
def test_how_an_order_leaves_a_run(order: Cancel | Pause, verdict: Verdict) -> None:
    assert obeyed(order, "r1") == verdict
