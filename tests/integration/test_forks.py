"""What a run recorded can be gone on from, and done over: without a model, or with another one in one stage.

That is how a line-up is compared on real work, and how a fault is looked into without paying for it again.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from slipway import fork, replay, run
from slipway.config import Lineup, Settings, UsageError, load_settings
from slipway.state import EMPTY_VERSION, Outcome, ProjectStore, RunStore, UnknownRun, open_state

from .playing import REQUEST, WHOLE


@dataclass(frozen=True)
class Recorded:
    settings: Settings
    outcome: Outcome
    lineup: Lineup
    other: Lineup
    """Another model by name, so that no recorded call is taken for one of its own."""

    def asked(self, run_id: str) -> list[str]:
        """The roles whose models a run asked, call by call."""
        log = self.settings.run_folder(run_id) / "endpoint.jsonl"
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return [line["role"] for line in lines if line["event"] == "asked"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Recorded]:
    """One delivered run, for all tests here."""
    with tempfile.TemporaryDirectory(prefix="slipway-") as runtime:
        state = tmp_path_factory.mktemp("state")
        folders = [f"folders.state={state}", f"folders.cache={cache_dir}", f"folders.runtime={runtime}"]
        settings = load_settings([*folders, "redis.url=null", "telemetry.otlp_endpoint=null", "limits.mutants=0"])
        lineup, other = (WHOLE.lineup(tmp_path_factory.mktemp("lineup")) for _ in range(2))
        outcome = asyncio.run(run(REQUEST, lineup=lineup, project="money", settings=settings))
        assert outcome.status == "delivered", outcome.reason
        yield Recorded(settings, outcome, lineup, other)


@pytest.fixture
async def redis(recorded: Recorded) -> AsyncIterator[Redis]:
    async with open_state(recorded.settings) as client:
        yield client


_READERS = {
    b"string": ("GET",), b"hash": ("HGETALL",), b"list": ("LRANGE", 0, -1), b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", 0, -1), b"stream": ("XRANGE", "-", "+"),
}  # fmt: skip


async def of_run(redis: Redis, run_id: str) -> dict[bytes, object]:
    """All that the server holds of a run, its branch included, and where the project's head is."""
    keys = [key async for key in redis.scan_iter("*") if run_id.encode() in key or key.endswith(b":head")]
    reads = {key: _READERS[await redis.execute_command("TYPE", key)] for key in keys}
    return {key: await redis.execute_command(verb, key, *more) for key, (verb, *more) in reads.items()}


async def test_a_whole_run_is_replayed_without_a_model(recorded: Recorded, redis: Redis) -> None:
    """The record is the whole truth of a run: it leads to the same files, and costs nothing."""
    source = recorded.outcome
    before = await of_run(redis, source.run)
    again = await replay(source.run, settings=recorded.settings)
    assert (again.status, again.version, again.files) == ("delivered", source.version, source.files)
    assert again.evidence == source.evidence
    assert [(stage.step, stage.note) for stage in again.stages] == [(s.step, s.note) for s in source.stages]
    assert (again.usage.calls, recorded.asked(again.run)) == (0, [])
    assert await of_run(redis, source.run) == before
    origin = (await RunStore(redis).get(again.run)).origin
    assert origin is not None
    assert origin.model_dump(exclude_none=True) == {
        "kind": "replay", "run": source.run, "version": EMPTY_VERSION, "line": (),
    }  # fmt: skip
    once_more = await replay(again.run, settings=recorded.settings)  # a replay can be replayed
    assert (once_more.status, once_more.version, recorded.asked(once_more.run)) == ("delivered", source.version, [])


async def test_one_stage_is_replayed_with_another_model(recorded: Recorded, redis: Redis) -> None:
    source = recorded.outcome
    before = await of_run(redis, source.run)
    again = await replay(source.run, stage="fix", lineup=recorded.other, settings=recorded.settings)
    assert (again.status, again.cause) == ("cancelled", "replayed"), again.reason
    assert set(recorded.asked(again.run)) == {"fixer"}
    assert again.usage.calls == len(recorded.asked(again.run)) > 0
    assert [(s.step, s.model, s.note) for s in again.stages[-2:]] == [
        ("fix/1", recorded.other.roles["fixer"].model, ""), ("check/2", None, "green"),
    ]  # fmt: skip
    assert again.version == source.version  # the script repairs it in the same way
    assert await of_run(redis, source.run) == before


async def test_a_stage_of_parallel_agents_is_replayed_and_its_neighbours_are_not_asked(recorded: Recorded) -> None:
    again = await replay(recorded.outcome.run, stage="code", lineup=recorded.other, settings=recorded.settings)
    assert (again.status, again.cause) == ("cancelled", "replayed"), again.reason
    assert set(recorded.asked(again.run)) == {"coder"}
    assert [stage.step for stage in again.stages][-1] == "check/1"
    assert again.checks is not None
    assert not again.checks.green


async def test_a_stage_that_judges_itself_is_its_own_end(recorded: Recorded) -> None:
    again = await replay(recorded.outcome.run, stage="design", settings=recorded.settings)
    assert (again.status, again.cause, recorded.asked(again.run)) == ("cancelled", "replayed", ["architect"])
    assert [stage.step for stage in again.stages] == ["interpret", "design"]


async def test_a_fork_goes_on_from_a_step_with_its_files(recorded: Recorded, redis: Redis, tmp_path: Path) -> None:
    """Going back to the point where it went wrong must not cost what led there."""
    source = recorded.outcome
    outcome = await fork(
        source.run, at="check/1", lineup=recorded.other, into=tmp_path / "out", settings=recorded.settings
    )
    assert (outcome.status, outcome.version) == ("delivered", source.version), outcome.reason
    assert set(recorded.asked(outcome.run)) == {"fixer"}
    steps = [stage.step for stage in outcome.stages]
    assert steps == [stage.step for stage in source.stages]
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file()) == list(
        outcome.files
    )
    assert await ProjectStore(redis).head("money") == outcome.version
    for again in (
        await fork(outcome.run, at="check/1", settings=recorded.settings),  # a fork can be forked
        await replay(outcome.run, settings=recorded.settings),  # and replayed: from where it began
    ):
        assert (again.status, again.version, again.reason) == ("delivered", source.version, "")
        assert [stage.step for stage in again.stages] == steps


@pytest.mark.parametrize(
    ("at", "asked"),
    [("code/money", {"coder", "fixer"}), ("write_tests", {"coder", "fixer"}), ("code/shown", {"fixer"})],
)
async def test_a_fork_behind_a_step_of_a_wave_has_what_all_of_the_wave_wrote(
    recorded: Recorded, at: str, asked: set[str]
) -> None:
    outcome = await fork(recorded.outcome.run, at=at, settings=recorded.settings)
    assert (outcome.status, outcome.version, outcome.reason) == ("delivered", recorded.outcome.version, "")
    assert set(recorded.asked(outcome.run)) == asked


async def test_a_run_that_gave_up_goes_on_in_a_fork_with_more_repairs(recorded: Recorded) -> None:
    """That is what forks are for; the way to the end was taken by the limits of the run, not by those of the fork."""
    strict = recorded.settings.model_copy(
        update={"limits": recorded.settings.limits.model_copy(update={"fix_rounds": 0})}
    )
    source = await run(REQUEST, lineup=recorded.lineup, settings=strict)
    assert source.status == "gave_up"
    outcome = await fork(source.run, at="check/1", settings=recorded.settings)
    assert (outcome.status, outcome.version) == ("delivered", recorded.outcome.version), outcome.reason
    assert set(recorded.asked(outcome.run)) == {"fixer"}


async def test_checks_that_are_done_over_run_again(recorded: Recorded) -> None:
    """Who wants to know whether a check is steady does it over: what is kept of these files is no answer to that."""
    judged = await replay(recorded.outcome.run, stage="check", settings=recorded.settings)
    assert judged.checks and not any(result.cached for result in judged.checks.results)


async def test_what_cannot_be_done_over_is_said_in_one_line(recorded: Recorded) -> None:
    source, settings = recorded.outcome.run, recorded.settings
    steps = [stage.step for stage in recorded.outcome.stages]
    going, known = ", ".join(steps[:-1]), ", ".join(steps)
    for at in ("fix/9", "deliver"):
        with pytest.raises(UsageError, match=f"has no step or checkpoint '{at}' to go on from; there are {going}"):
            await fork(source, at=at, settings=settings)
    with pytest.raises(UsageError, match=f"run '{source}' has no stage or step 'paint' to do over; there are {known}"):
        await replay(source, stage="paint", settings=settings)
    judged = await replay(source, stage="check", settings=settings)
    with pytest.raises(
        UsageError, match=f"is a replay of one stage and no whole run; .*: slipway replay {source} --st"
    ):
        await replay(judged.run, settings=settings)
    with pytest.raises(UsageError, match="a replay of a whole run asks no model; name the --stage"):
        await replay(source, lineup=recorded.other, settings=settings)
    with pytest.raises(UsageError, match="stage 'check' asks no model; replay it without another line-up"):
        await replay(source, stage="check", lineup=recorded.other, settings=settings)
    for unknown in (fork("nobody", at="design", settings=settings), replay("nobody", settings=settings)):
        with pytest.raises(UnknownRun, match="no run 'nobody'; the newest are"):
            await unknown
