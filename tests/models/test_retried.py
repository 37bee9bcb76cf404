"""What may pass by itself is waited for: in one layer, within bounds, and never sooner than the provider asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from slipway.config import RetrySettings, RoleConfig
from slipway.models import Call, ChatModel, CircuitOpen, ModelBusy, ModelRefused, ModelUnreachable, Reply, Retried
from slipway.models.providers import open_chat
from slipway.models.scripted import Script, serving
from slipway.state import Waiting

from .conftest import ANSWER, Raising, Told, ends, faulty

CALL = Call("code/a", 2, (SystemMessage("# Role: coder"), HumanMessage("go")))
QUICK = RetrySettings(attempts=3, first_pause=0.01, longest_pause=0.02, seconds=60)


@contextmanager
def endpoint(tmp_path: Path, **fault: Any) -> Iterator[tuple[str, Path]]:
    with serving(Script.model_validate(faulty(**fault)), log=tmp_path / "log") as served:
        yield served.base_url, tmp_path / "log"


async def ask(url: str, settings: RetrySettings, told: Told, **options: Any) -> Reply:
    config = RoleConfig(model="openai:m", base_url=url, **({"request_timeout": 20} | options))
    opened = open_chat(config, lambda name: None)
    try:
        return await Retried(ChatModel("coder", config, opened), settings, told.tracer, told.emit).ask(CALL)
    finally:
        await opened.close()


@pytest.mark.parametrize(
    ("fault", "stream"),
    [
        ({"kind": "status", "status": 429}, False),
        ({"kind": "status", "status": 500}, True),
        ({"kind": "status", "status": 503}, False),
        ({"kind": "garbage"}, False),
        ({"kind": "garbage"}, True),
        ({"kind": "nonsense"}, False),
        ({"kind": "silence"}, False),
        ({"kind": "silence"}, True),
        ({"kind": "cut", "after": 5}, True),
        ({"kind": "end", "after": 5}, True),
        ({"kind": "error", "after": 5}, True),
        ({"kind": "stall", "after": 5, "seconds": 30}, True),
    ],
)
async def test_a_fault_that_passes_is_waited_for(tmp_path: Path, fault: dict[str, Any], stream: bool) -> None:
    """The endpoint is asked as often as it failed, and once more: no client beneath repeats by itself."""
    told = Told()
    patience = {"request_timeout": 1.0} if fault["kind"] in ("silence", "stall") else {}
    with endpoint(tmp_path, **fault, times=2) as (url, log):
        reply = await ask(url, QUICK, told, stream=stream, **patience)
        assert ends(log) == [fault["kind"], fault["kind"], None]
    assert (reply.message.text, reply.model) == (ANSWER, "openai:m")
    waits = [event for event in told.events if isinstance(event, Waiting)]
    assert [(wait.step, wait.index, wait.role, wait.model) for wait in waits] == [
        ("code/a", 2, "coder", "openai:m")
    ] * 2
    assert [wait.reason.split(": the coder's model 'openai:m' at http")[0] for wait in waits] == [
        "attempt 1 of 3", "attempt 2 of 3",
    ]  # fmt: skip
    assert all(0 <= (wait.seconds or 0) <= 0.02 for wait in waits)
    spans = [(span.name, (span.attributes or {})["slipway.step"]) for span in told.collector.spans]
    assert spans == [("model.retry.wait", "code/a")] * 2


async def test_attempts_are_bounded(tmp_path: Path) -> None:
    with endpoint(tmp_path, kind="status", status=500) as (url, log):
        with pytest.raises(ModelUnreachable, match=r"is not answering now \(HTTP 500\)"):
            await ask(url, QUICK, Told())
        assert ends(log) == ["status"] * 3


@pytest.mark.parametrize("status", [429, 503])
async def test_it_is_not_asked_sooner_than_it_wants(tmp_path: Path, status: int) -> None:
    with endpoint(tmp_path, kind="status", status=status, retry_after=0.3, times=1) as (url, _):
        begun = time.monotonic()
        await ask(url, QUICK, Told())
        assert time.monotonic() - begun >= 0.3


async def test_who_wants_to_be_left_alone_for_longer_than_anybody_waits_is_not_waited_for(tmp_path: Path) -> None:
    with endpoint(tmp_path, kind="status", status=429, retry_after=60) as (url, log):
        with pytest.raises(ModelBusy, match="wait 60 s") as caught:
            await ask(url, QUICK, Told())
        assert (caught.value.retry_after, caught.value.unanswered) == (60, True)
        assert ends(log) == ["status"]


async def test_time_is_bounded_too(tmp_path: Path) -> None:
    """Silence of minutes, times the attempts, is a run that seems to hang."""
    with endpoint(tmp_path, kind="silence") as (url, log):
        with pytest.raises(ModelUnreachable, match="timed out"):
            await ask(url, QUICK.model_copy(update={"attempts": 100, "seconds": 3}), Told(), request_timeout=0.2)
        assert 2 <= len(ends(log)) <= 3 / 0.2 + 1


@pytest.mark.parametrize("error", [ModelRefused("bad key"), CircuitOpen("open", retry_after=0.01)])
async def test_what_will_not_pass_is_not_asked_again(error: Exception) -> None:
    model: Any = Raising(error)
    told = Told()
    with pytest.raises(type(error)):
        await Retried(model, QUICK, told.tracer, told.emit).ask(CALL)
    assert (model.asked, told.events) == (1, [])


async def test_pauses_grow_and_are_spread() -> None:
    """Else all workers come back at the same time."""
    seconds: list[float] = []
    for _ in range(20):
        told = Told()
        errors = [ModelUnreachable("no")] * 4
        model: Any = Raising(*errors)
        await Retried(
            model, RetrySettings(attempts=5, first_pause=0.002, longest_pause=0.008, seconds=60), told.tracer, told.emit
        ).ask(CALL)
        seconds += [event.seconds or 0.0 for event in told.events if isinstance(event, Waiting)]
    for attempt, most in enumerate((0.002, 0.004, 0.008, 0.008)):
        drawn = seconds[attempt::4]
        assert max(drawn) <= most and len(set(drawn)) > 10


async def test_a_call_that_was_answered_at_once_has_not_waited() -> None:
    model: Any = Raising()
    told = Told()
    assert await Retried(model, QUICK, told.tracer, told.emit).ask(CALL) == await Raising().ask(CALL)
    assert told.events == []
