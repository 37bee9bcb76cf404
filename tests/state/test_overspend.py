"""Nothing is ever spent over a cap, at any level, whoever dies when.

Sixteen agents of three runs spend at once from caps on every level. They, and their processes, die at any moment. The
server tells every value that it was ever told to keep, so each state that the ledger was ever in is looked at.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import redis as redispy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from slipway.state import Account, Budget, Cap, Fence, FenceLost, OverBudget, RunLimits, Spend
from slipway.state.budget import take_over
from slipway.state.keys import LedgerKeys

AGENTS, CALLS, LASTS = 16, 12, 0.03
STAGES = ("code", "fix")
MEASURES = ("steps", "tokens", "micros")
ACCOUNTS = (Account("r0", "p0", "t"), Account("r1", "p0", "t"), Account("r2", "p1", "t"))
Amounts = tuple[int, int, int]


def cap(steps: int, tokens: int, micros: int) -> Cap:
    return Cap(steps=steps, tokens=tokens, cost_usd=micros / 1e6)


@st.composite
def limits(draw: st.DrawFn) -> RunLimits:
    """Bounds that some of the calls meet: those of a wider level are wider, but less than all of the narrower ones."""
    widths = {"stage": 8, "run": 14, "project": 24, "tenant_day": 34}
    caps = {level: cap(*(int(width * unit * draw(st.floats(0.5, 2.0))) for unit in (1, 60, 600)))
            for level, width in widths.items()}  # fmt: skip
    return RunLimits(call=cap(1, 100, 1000), **caps)


@dataclass
class Call:
    """One call that may have been made, and everything that it may have come to."""

    account: Account
    stage: str
    ends: list[Spend]


@dataclass
class World:
    """The runs, the tokens of their processes, and what was done."""

    redis: Redis
    limits: RunLimits
    chance: random.Random
    unsure: int = 6
    """How many calls may still end in one of two ways; all their combinations are looked at."""
    issued: Counter[Account] = field(default_factory=Counter)
    tokens: Counter[Account] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)
    refused: int = 0

    async def next_process(self, account: Account) -> None:
        self.issued[account] += 1
        token = self.issued[account]
        await take_over(self.redis, account, token)
        self.tokens[account] = max(self.tokens[account], token)

    async def agent(self, account: Account, stage: str) -> None:
        for _ in range(CALLS):
            token = self.tokens[account]
            budget = Budget(self.redis, account, self.limits, Fence(account.run, token))
            try:
                await self.call(budget, account, stage)
            except OverBudget as error:
                assert error.used + error.wanted > error.cap
                self.refused += 1
            except FenceLost as error:
                assert error.current > token

    async def call(self, budget: Budget, account: Account, stage: str) -> None:
        """One call. At any moment of it the agent may die, or its process, or others go on."""
        chance = self.chance
        most = Spend(1, chance.randint(0, 100), chance.randint(0, 1000) / 1e6)
        took = Spend(1, chance.randint(0, most.tokens), chance.randint(0, round(most.cost_usd * 1e6)) / 1e6)
        death = chance.choices(("", "reserving", "reserved", "settling", "process"), (10, 1, 1, 1, 1))[0]
        call = Call(account, stage, [most])
        reserving = budget.reserve(stage, most, lasts=LASTS)
        if death == "reserving" and self.unsure:
            self.calls.append(call)
            return await self.cut(reserving, call, undone=Spend(), done=most)
        name = await reserving
        self.calls.append(call)
        await asyncio.sleep(chance.uniform(0, 0.005))
        if death == "process":
            await self.next_process(account)
        if death == "reserved":
            return None
        if death == "settling" and self.unsure:
            return await self.cut(budget.settle(name, took), call, undone=most, done=took)
        await budget.settle(name, took)  # FenceLost: whoever took over has settled it at what was reserved
        call.ends = [took]
        return None

    async def cut(self, doing: Coroutine[Any, Any, object], call: Call, *, undone: Spend, done: Spend) -> None:
        """Die while something is being done: the server may or may not have heard of it."""
        self.unsure -= 1
        task = asyncio.create_task(doing)
        await asyncio.sleep(self.chance.uniform(0, 0.001))
        task.cancel()
        try:
            await task
            call.ends = [done]
        except asyncio.CancelledError:
            call.ends = [undone, done]
        except (OverBudget, FenceLost):
            call.ends = [undone]

    def possible(self, account: Account, stage: str, level: str) -> set[Amounts]:
        """All that a level may have come to."""
        same: dict[str, Callable[[Call], bool]] = {
            "stage": lambda call: (call.account, call.stage) == (account, stage),
            "run": lambda call: call.account == account,
            "project": lambda call: call.account.project == account.project,
            "tenant_day": lambda call: True,
        }
        mine = [call.ends for call in self.calls if same[level](call)]
        return {amounts(sum(ends, Spend())) for ends in itertools.product(*mine)}


def amounts(spend: Spend) -> Amounts:
    return spend.steps, spend.tokens, round(spend.cost_usd * 1e6)


def cap_of(limits: RunLimits, key: str, prefix: str) -> Amounts:
    narrow = "stage" if prefix.startswith("stage:") else "run"
    level = "tenant_day" if key.endswith(":days") else "project" if ":project:" in key else narrow
    found: Cap = getattr(limits, level)
    assert found.steps and found.tokens and found.cost_usd
    return found.steps, found.tokens, round(found.cost_usd * 1e6)


@contextmanager
def watched(url: str) -> Iterator[list[str]]:
    """Every command that changes a hash, also those of scripts, in the order of their effect."""
    seen: list[str] = []
    with redispy.Redis.from_url(url) as client, client.monitor() as monitor:

        def watch() -> None:
            for told in monitor.listen():
                if told["command"] == "ECHO end":
                    return
                if told["command"].upper().startswith("HSET"):
                    seen.append(told["command"])

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield seen
        finally:
            with redispy.Redis.from_url(url) as other:
                other.echo("end")
            thread.join()


def over_a_cap(limits: RunLimits, commands: list[str]) -> list[str]:
    """The commands that made a level hold more than its cap."""
    found: list[str] = []
    for command in commands:
        _, key, *words = command.split(" ")
        if key.endswith(":open"):
            continue
        values = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        prefix = words[0].removesuffix("settled:steps")
        held = [values[f"{prefix}settled:{name}"] + values[f"{prefix}open:{name}"] for name in MEASURES]
        if any(amount > bound for amount, bound in zip(held, cap_of(limits, key, prefix), strict=True)):
            found.append(command)
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=limits(), seed=st.integers(0, 2**32))
async def test_no_level_ever_holds_more_than_its_cap_and_nothing_is_lost(
    redis: Redis, server_url: str, limits: RunLimits, seed: int
) -> None:
    await redis.flushall()
    world = World(redis, limits, random.Random(seed))
    with watched(server_url) as commands:
        async with asyncio.timeout(100):
            for account in ACCOUNTS:
                await world.next_process(account)
            places = itertools.islice(itertools.cycle(itertools.product(ACCOUNTS, STAGES)), AGENTS)
            async with asyncio.TaskGroup() as agents:
                for account, stage in places:
                    agents.create_task(world.agent(account, stage))
            for account in ACCOUNTS:  # who goes on with a run settles what died before
                await world.next_process(account)
    assert over_a_cap(limits, commands) == []
    assert len(commands) > 4 * len(world.calls) > 0
    for account, stage in itertools.product(ACCOUNTS, STAGES):
        standing = await Budget(redis, account).standing(stage)
        assert {level: found.open for level, found in standing.items()} == dict.fromkeys(standing, Spend())
        for level, found in standing.items():
            assert amounts(found.settled) in world.possible(account, stage, level), level
        assert await redis.hlen(LedgerKeys("t", account.project, account.run).open) == 0


def test_the_judge_sees_a_level_over_its_cap() -> None:
    """A property that nothing can break says nothing."""
    tight = RunLimits(**dict.fromkeys(("stage", "run", "project", "tenant_day"), cap(2, 10, 100)))
    keys = LedgerKeys("t", "p", "r")
    for key, prefix in ((keys.used, ""), (keys.used, "stage:code:"), (keys.project, ""), (keys.days, "20000:")):
        fields = [f"{prefix}{state}:{name}" for state in ("settled", "open") for name in MEASURES]
        fine, over = ((1, 10, 50, 1, 0, 50), (1, 10, 50, 1, 0, 51))
        told = [
            f"HSET {key} " + " ".join(f"{f} {n}" for f, n in zip(fields, values, strict=True))
            for values in (fine, over)
        ]
        assert over_a_cap(tight, told) == told[1:]
