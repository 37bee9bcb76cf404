"""Which limit holds: one that is dropped by a resume costs money, one that cannot be raised costs the run."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from slipway.config import ROLES, Lineup, RoleConfig, Settings, UsageError
from slipway.graphs import limits as subject
from slipway.graphs.limits import Asked, clock_of, limits_of, noted, raised
from slipway.graphs.records import new_record
from slipway.state import Cap, RunLimits, RunStore, hold, open_state

from ..clocks import until

LINEUP = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
LIMITS = RunLimits(
    call=Cap(cost_usd=0.1), stage=Cap(steps=9), run=Cap(cost_usd=1.0, steps=50), project=Cap(cost_usd=5.0),
    tenant_day=Cap(tokens=10_000), seconds=600,
)  # fmt: skip


def settings_with(settings: Settings, **limits: Any) -> Any:
    known = settings.limits.model_dump()
    nested = {name: {**known[name], **value} if isinstance(value, dict) else value for name, value in limits.items()}
    return type(settings.limits).model_validate({**known, **nested})


def test_a_new_run_has_what_is_asked_for_and_else_what_is_set(settings: Settings) -> None:
    assert limits_of(settings.limits, Asked()) == RunLimits()
    set_up = settings_with(
        settings, max_cost_usd=2.0, max_steps=70, max_seconds=60, call={"max_tokens": 5}, stage={"max_steps": 6},
        project={"max_cost_usd": 7.0}, tenant_day={"max_tokens": 8},
    )  # fmt: skip
    policy = {"call": Cap(tokens=5), "stage": Cap(steps=6), "project": Cap(cost_usd=7.0), "tenant_day": Cap(tokens=8)}
    assert limits_of(set_up, Asked()) == RunLimits(run=Cap(cost_usd=2.0, steps=70), seconds=60, **policy)
    asked = Asked(max_cost=9.0, max_tokens=1000, max_seconds=5)
    assert limits_of(set_up, asked) == RunLimits(run=Cap(cost_usd=9.0, tokens=1000, steps=70), seconds=5, **policy)


def test_a_run_that_goes_on_keeps_its_limits_but_for_what_is_said_now(settings: Settings) -> None:
    assert raised(LIMITS, settings.limits, Asked()) == LIMITS
    more = {"run": Cap(cost_usd=3.0, tokens=7, steps=50), "seconds": 900}
    assert raised(LIMITS, settings.limits, Asked(max_cost=3.0, max_tokens=7, max_seconds=900)) == LIMITS.model_copy(
        update=more
    )


def test_what_has_no_option_of_its_own_is_raised_by_the_settings(settings: Settings) -> None:
    """The limit of a run that is set for everybody is not: the run may have been given another one."""
    now = settings_with(
        settings, max_cost_usd=0.01, max_seconds=1, call={"max_cost_usd": 0.2}, stage={"max_tokens": 3},
        tenant_day={"max_tokens": 20_000},
    )  # fmt: skip
    changed = {
        "call": Cap(cost_usd=0.2), "stage": Cap(steps=9, tokens=3), "tenant_day": Cap(tokens=20_000)
    }  # fmt: skip
    assert raised(LIMITS, now, Asked()) == LIMITS.model_copy(update=changed)


@pytest.mark.parametrize("name", ["max_cost", "max_tokens", "max_steps", "max_seconds", "timeout"])
@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf")])
def test_a_limit_is_a_positive_number(name: str, number: float) -> None:
    with pytest.raises(UsageError, match=f"{name} must be more than 0, not {number!r}"):
        Asked(**{name: number})


ANEW = "run 'r' has taken the 60 s that it may; give it more: slipway resume r --max-seconds S"


@pytest.mark.parametrize(
    ("timeout", "limit", "before", "seconds", "verdict"),
    [
        (None, None, 9.0, None, None),
        (5, None, 9.0, 5, ("paused", "timeout", "5 s are over; go on with: slipway resume r")),
        (None, 60, 20.0, 40.0, ("over_budget", "budget", ANEW)),
        (5, 60, 20.0, 5, ("paused", "timeout", "5 s are over; go on with: slipway resume r")),
        (50, 60, 20.0, 40.0, ("over_budget", "budget", ANEW)),
        (50, 60, 70.0, 0.0, ("over_budget", "budget", ANEW)),
    ],
)
def test_the_earlier_of_both_times_ends_a_passage(
    timeout: float | None, limit: float | None, before: float, seconds: float | None, verdict: Any
) -> None:
    clock = clock_of("r", timeout, limit, before)
    assert clock.seconds == seconds
    assert verdict is None or clock.verdict == verdict


async def test_the_time_of_a_passage_that_is_killed_counts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noted while it goes on: at the end there may be nobody to do it."""
    monkeypatch.setattr(subject, "_TICK", 0.02)
    async with open_state(settings) as redis:
        record = await new_record(redis, "a tally", lineup=LINEUP)
        async with hold(redis, run=record.id, project=record.project) as fence:
            runs = RunStore(redis, fence)
            await runs.set_seconds(record.id, "before", 1.0)

            async def noted_more() -> bool:
                return await runs.seconds(record.id) > 1.05

            begun = time.monotonic()
            async with noted(runs, record.id, "now"):
                await until(noted_more)
                assert await runs.seconds(record.id) <= 1.0 + time.monotonic() - begun
            kept = await runs.seconds(record.id)
        async with hold(redis, run=record.id, project=record.project), noted(runs, record.id, "late"):
            await asyncio.sleep(0.05)  # who lost the run notes nothing, and is not stopped by that here
        assert await runs.seconds(record.id) == kept
