"""What a person decided is kept from the moment it was taken: it is never asked for again, and never decided twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from redis.asyncio import Redis

from slipway import Outcome, resume, run
from slipway.config import Settings, UsageError
from slipway.state import Inbox, RunStore, open_state

from ..commands import Started
from .playing import BRIEF, REQUEST, Play

QUESTION = {"id": "Q1", "text": "Which currency?", "options": ["EUR", "USD"], "default": "EUR", "matters": True}
CURIOUS = Play(brief={**BRIEF, "questions": [QUESTION]})


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    async with open_state(settings) as redis:
        yield redis


async def parked(settings: Settings, folder: Path) -> Outcome:
    outcome = await run(REQUEST, lineup=CURIOUS.lineup(folder), settings=settings, ask="auto")
    assert outcome.status == "needs_input"
    return outcome


def saying(outcome: Outcome, text: str) -> dict[str, Any]:
    return {outcome.waiting[0].id: {"decisions": [{"type": "respond", "message": text}]}}


def slipway(environment: dict[str, str], *words: str) -> Started:
    return Started(words, environment)


async def said(process: Started) -> tuple[int | None, str, str]:
    try:
        out, err = await asyncio.to_thread(process.communicate, 120)
        return process.returncode, out, err
    finally:
        process.close()


class Killer:
    """Stands before a server, and kills the process whose answer the server has taken."""

    def __init__(self, server: str, when: Literal["before it is told", "once it is told"]) -> None:
        self._server = server
        self._when = when
        self._struck = False
        self.process: Started | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, out = await asyncio.open_unix_connection(self._server)
        asked = [b""]  # what was said last, in however many pieces it came
        telling = asyncio.create_task(self._tell(back, writer, asked))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 20):
                asked[0] += data
                out.write(data)
        out.close()
        await telling

    async def _tell(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes]) -> None:
        with contextlib.suppress(ConnectionError):
            while reply := await back.read(1 << 20):
                taken = b'"kind":"answer"' in asked[0] and not reply.startswith(b"-NOSCRIPT")
                asked[0] = b""
                if not self._struck and not (taken and self._when == "before it is told"):
                    writer.write(reply)
                if taken and self.process and not self._struck:
                    self._struck = True
                    self.process.kill()
        writer.close()


@asynccontextmanager
async def killing(redis: Redis, folder: Path, when: Any) -> AsyncIterator[tuple[Killer, dict[str, str]]]:
    killer = Killer(redis.connection_pool.connection_kwargs["path"], when)
    server = await asyncio.start_unix_server(killer.serve, folder / "k")
    try:
        yield killer, {"SLIPWAY_REDIS_URL": f"unix://{folder / 'k'}"}
    finally:
        server.close()


@pytest.mark.parametrize("when", ["before it is told", "once it is told"])
async def test_killed_right_after_an_answer_was_taken(
    settings: Settings, redis: Redis, environment: dict[str, str], tmp_path: Path, when: str
) -> None:
    """Before a checkpoint holds it. Whoever goes on with the run, by whichever command, has it."""
    outcome = await parked(settings, tmp_path)
    async with killing(redis, settings.folders.runtime, when) as (killer, variables):
        killer.process = slipway({**environment, **variables}, "answer", outcome.run, "CHF")
        assert await said(killer.process) == (-9, "", "")
    assert (await RunStore(redis).get(outcome.run)).status == "needs_input"
    other = await said(slipway(environment, "answer", outcome.run, "GBP"))
    assert (other[0], other[1], other[2]) == (
        2, "", f"slipway: run {outcome.run!r} was answered before (CHF), and the first answer counts; go on with that "
        f"one: slipway resume {outcome.run}\n",
    )  # fmt: skip
    _, shown, _ = await said(slipway(environment, "show", outcome.run))
    assert f"it was answered, but no process went on with it: slipway resume {outcome.run}\n" in shown
    if when == "once it is told":
        ended = await resume(outcome.run, settings=settings)
    else:
        code, _, shown = await said(slipway(environment, "answer", outcome.run))
        assert (code, shown.splitlines()[0]) == (0, f"run {outcome.run} was answered before; it goes on with that")
        found = await RunStore(redis).outcome(outcome.run)
        assert found is not None
        ended = found
    assert (ended.status, ended.waiting, ended.asked_twice) == ("delivered", (), 0)
    assert ended.brief and ended.brief.assumptions == ("Which currency? Answered: CHF",)


async def test_of_two_people_who_answer_one_decides(
    settings: Settings, redis: Redis, environment: dict[str, str], tmp_path: Path
) -> None:
    """At the same time, on two terminals: the other one gets one line, and nothing is done twice."""
    outcome = await parked(settings, tmp_path)
    both = [slipway(environment, "answer", outcome.run, text, "--json") for text in ("CHF", "GBP")]
    results = sorted([await said(process) for process in both], key=lambda result: result[0] or 0)
    assert [result[0] for result in results] == [0, 2], results
    assert (results[1][1], results[1][2].count("\n")) == ("", 1), results
    taken = json.loads(results[0][1].splitlines()[-1])
    ended = await RunStore(redis).outcome(outcome.run)
    assert ended and ended.brief and taken["status"] == "delivered"
    [counted] = (await Inbox(redis, outcome.run).answers()).values()
    decision: Any = counted.decision
    assert ended.brief.assumptions == (f"Which currency? Answered: {decision['decisions'][0]['message']}",)


async def test_the_same_answer_again_changes_nothing(settings: Settings, redis: Redis, tmp_path: Path) -> None:
    """A caller that did not hear of its first try may repeat it; who decides otherwise is told what counts."""
    outcome = await parked(settings, tmp_path)
    name = outcome.waiting[0].id
    plain = {"decisions": [{"type": "approve"}]}
    await Inbox(redis, outcome.run).answer(name, plain)
    with pytest.raises(UsageError, match=r"was answered before \(approve\), and the first answer counts"):
        await resume(outcome.run, answers=saying(outcome, "x" * 100), settings=settings)
    whole = {"decisions": ({"type": "approve", "message": "", "edited_action": None},)}
    ended = await resume(outcome.run, answers={name: whole}, settings=settings)
    assert ended.brief and ended.brief.assumptions == ("Which currency? Answered: EUR",)
    assert [message.kind for _, message in await Inbox(redis, outcome.run).read()] == ["answer"]


async def test_a_passage_that_ends_before_it_took_the_answer_keeps_it(
    settings: Settings, environment: dict[str, str], tmp_path: Path
) -> None:
    """Out of time, or stopped by Ctrl-C: it is not begun again by itself, and nothing is asked."""
    outcome = await parked(settings, tmp_path)
    code, shown, _ = await said(slipway(environment, "answer", outcome.run, "CHF", "--timeout", "0.001"))
    assert (code, shown.partition(":")[0], "question: " in shown) == (124, "paused", False)
    ended = await resume(outcome.run, settings=settings)
    assert ended.brief and ended.brief.assumptions == ("Which currency? Answered: CHF",)
