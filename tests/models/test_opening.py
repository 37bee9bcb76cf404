"""From a line-up to models: what cannot work is said before anything is spent, and nothing is left running."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from slipway.config import ROLES, ConfigurationError, Lineup, Role, RoleConfig
from slipway.config.lineup import Price
from slipway.models import Call, check_lineup, open_chats
from slipway.models.scripted import ScriptError, load_script
from slipway.models.simulated import calls_of
from slipway.state import Cap, RunLimits
from slipway.state.base import setting_of
from slipway.state.records import Level


def lineup(default: str = "scripted:tally", /, **models: str | RoleConfig) -> Lineup:
    roles: dict[Role, RoleConfig] = {}
    for role in ROLES:
        model = models.get(role, default)
        roles[role] = model if isinstance(model, RoleConfig) else RoleConfig(model=model)
    return Lineup(name="test", roles=roles)


def nothing(name: str) -> None:
    return None


def _serving(kind: str) -> int:
    return sum(thread.name == f"slipway-{kind}" for thread in threading.enumerate())


@pytest.fixture
def endpoints() -> Callable[[], int]:
    """How many endpoints were opened and not closed since the test began; others may serve a whole session."""
    before = _serving("scripted")
    return lambda: _serving("scripted") - before


@pytest.fixture
def simulators() -> Callable[[], int]:
    """Likewise, of simulated developers."""
    before = _serving("simulated")
    return lambda: _serving("simulated") - before


def brief() -> Call:
    request = load_script("tally").request
    return Call("interpret", 0, (SystemMessage("# Role: architect"), HumanMessage(f"## Task: brief\n{request}")))


async def test_all_roles_of_one_script_share_one_endpoint_that_ends_with_them(
    tmp_path: Path, endpoints: Callable[[], int]
) -> None:
    log = tmp_path / "new" / "endpoint.jsonl"
    async with open_chats(lineup(), nothing, log) as chats:
        assert endpoints() == 1
        assert {role: [(chat.role, chat.name) for chat in models] for role, models in chats.items()} == {
            role: [(role, "scripted:tally")] for role in ROLES
        }
        reply = await chats["architect"][0].ask(brief())
    assert endpoints() == 0
    assert "```json" in reply.message.text
    assert [json.loads(line)["event"] for line in log.read_text().splitlines()] == ["asked", "answered"]


async def test_who_is_cancelled_while_they_open_leaves_no_endpoint(
    tmp_path: Path, endpoints: Callable[[], int]
) -> None:
    """They are opened in a thread, which a cancel does not end."""

    async def use() -> None:
        async with open_chats(lineup(), nothing, tmp_path / "log"):
            await asyncio.Event().wait()

    for delay in (0.0, 0.001, 0.003, 0.01, 0.02, 0.04):
        using = asyncio.create_task(use())
        await asyncio.sleep(delay)
        using.cancel()
        with pytest.raises(asyncio.CancelledError):
            await using
        assert endpoints() == 0
    await asyncio.sleep(0.1)  # what came later would have come by then
    assert endpoints() == 0


async def test_another_script_or_latency_is_another_endpoint(tmp_path: Path, endpoints: Callable[[], int]) -> None:
    script = tmp_path / "mine.yaml"
    script.write_text("name: mine\nrequest: x\nrules:\n- {role: coder, when: {turn: 0}, reply: {content: done}}\n")
    mixed = lineup(coder=f"scripted:{script}", tester="scripted:tally?latency=0.3", fixer=f"scripted:{script}")
    async with open_chats(mixed, nothing, tmp_path / "log") as chats:
        assert endpoints() == 3
        reply = await chats["coder"][0].ask(Call("s", 0, (SystemMessage("# Role: coder"), HumanMessage("go"))))
        tests = Call("s", 0, (SystemMessage("# Role: tester"), HumanMessage("## Task: tests")))
        slow = await chats["tester"][0].ask(tests)
    assert reply.message.content == "done"
    assert slow.usage.model_seconds >= 0.3


async def test_all_simulated_models_share_one_endpoint_and_each_is_asked_under_its_own_name(
    tmp_path: Path, small_suite: Path, simulators: Callable[[], int]
) -> None:
    log = tmp_path / "endpoint.jsonl"
    first, second = (f"simulated:tier-{tier}?seed=3&suite={small_suite}" for tier in "ab")
    async with open_chats(lineup(first, fixer=second), nothing, log) as chats:
        assert simulators() == 1
        replies = {role: await chats[role][0].ask(brief()) for role in ("coder", "fixer")}
    assert simulators() == 0
    assert {role: (reply.model, reply.usage.cost_usd) for role, reply in replies.items()} == {
        "coder": (first, 0.0), "fixer": (second, 0.0),
    }  # fmt: skip
    assert [(call.model, call.answered, call.output_tokens > 0) for call in calls_of(log)] == [
        (model.removeprefix("simulated:"), True, True) for model in (first, second)
    ]


def test_a_simulated_model_is_checked_with_its_suite_where_it_is_played_here(small_suite: Path) -> None:
    everywhere = RoleConfig(model="simulated:tier-a?suite=elsewhere", base_url="http://127.0.0.1:1/v1")
    check_lineup(
        lineup(f"simulated:tier-a?suite={small_suite}", fixer=everywhere), nothing, RunLimits(run=Cap(cost_usd=1))
    )
    for model, why in (
        ("simulated:tier-a?suite=elsewhere", r"'simulated:tier-a\?suite=elsewhere': unknown suite 'elsewhere'"),
        (f"simulated:tier-a?suite={small_suite}&speed=1", "unknown option speed"),
        ("simulated:tier-9", "there is no tier 'tier-9'"),
    ):
        with pytest.raises(ConfigurationError, match=why):
            check_lineup(lineup(coder=model), nothing)


async def test_a_line_up_that_cannot_be_opened_leaves_nothing_running(
    tmp_path: Path, endpoints: Callable[[], int]
) -> None:
    """The last role is wrong, so the first one's endpoint was open already."""
    with pytest.raises(ConfigurationError, match="unknown model 'nobody:m'"):
        async with open_chats(lineup(fixer="nobody:m"), nothing, tmp_path / "log"):
            pass
    assert endpoints() == 0


async def test_fallbacks_are_opened_behind_their_model(tmp_path: Path, endpoints: Callable[[], int]) -> None:
    slow = "scripted:tally?latency=0.1"
    both = RoleConfig(model="scripted:tally", fallbacks=(RoleConfig(model=slow), RoleConfig(model="scripted:tally")))
    async with open_chats(lineup(architect=both), nothing, tmp_path / "log", ["architect"]) as chats:
        assert endpoints() == 2
        assert {role: [(chat.role, chat.name) for chat in models] for role, models in chats.items()} == {
            "architect": [("architect", name) for name in ("scripted:tally", slow, "scripted:tally")],
        }
        reply = await chats["architect"][1].ask(brief())
    assert (reply.model, endpoints()) == (slow, 0)


def priced(model: str) -> RoleConfig:
    return RoleConfig(model=model, price=Price(input=1, cached=1, output=1))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("nobody:m", "unknown model 'nobody:m': provider 'nobody' is not one of openai, scripted, simulated, "
         "anthropic, google, ollama; an OpenAI-compatible endpoint is `openai:NAME` with a base_url"),
        ("openai:gpt-4o", "model 'openai:gpt-4o' needs a key: OPENAI_API_KEY is not set; export OPENAI_API_KEY=..., "
         "choose another line-up with --lineup, or try `slipway demo`, which needs no key"),
        ("scripted:tally?latency=soon",
         "'scripted:tally?latency=soon': the latency must be a number of seconds, not 'soon'"),
        ("scripted:tally?speed=1", "'scripted:tally?speed=1': unknown option speed; there is `latency`"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_work_is_named_with_the_next_step(model: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_lineup(lineup(coder=model), nothing)
    assert str(caught.value) == message


def test_a_fallback_is_checked_like_the_first() -> None:
    """It is found wrong on the day of an outage otherwise."""
    for model, why in (("openai:gpt-4o", "OPENAI_API_KEY is not set"), ("nobody:m", "unknown model 'nobody:m'")):
        wrong = RoleConfig(model="scripted:tally", fallbacks=(RoleConfig(model=model),))
        with pytest.raises(ConfigurationError, match=why):
            check_lineup(lineup(coder=wrong), nothing)
    free = priced("scripted:tally").model_copy(update={"fallbacks": (RoleConfig(model="scripted:tally"),)})
    known = {role: priced("scripted:tally") for role in ROLES}
    with pytest.raises(ConfigurationError, match="the price of the coder's model 'scripted:tally' is not known"):
        check_lineup(lineup(**{**known, "coder": free}), nothing, limits=RunLimits(run=Cap(cost_usd=1.0)))


@pytest.mark.parametrize("latency", ["nan", "inf", "-1"])
def test_a_latency_is_a_time(latency: str) -> None:
    with pytest.raises(ConfigurationError, match="the latency must be a number of seconds"):
        check_lineup(lineup(coder=f"scripted:tally?latency={latency}"), nothing)


def test_a_script_that_is_not_there_is_named_with_those_there_are() -> None:
    with pytest.raises(ScriptError, match=r"tally"):
        check_lineup(lineup(coder="scripted:nothing"), nothing)


def test_a_key_may_have_another_name() -> None:
    own = RoleConfig(model="openai:gpt-4o", api_key_env="MY_KEY")
    check_lineup(lineup(coder=own), {"MY_KEY": "k"}.get)
    with pytest.raises(ConfigurationError, match="MY_KEY is not set"):
        check_lineup(lineup(coder=own), {"OPENAI_API_KEY": "k"}.get)


def test_an_endpoint_of_ones_own_needs_no_key() -> None:
    check_lineup(
        lineup(RoleConfig(model="openai:m", base_url="http://127.0.0.1:1/v1").model), {"OPENAI_API_KEY": "k"}.get
    )
    check_lineup(lineup(coder=RoleConfig(model="openai:m", base_url="http://127.0.0.1:1/v1")), nothing)


@pytest.mark.parametrize("level", ["call", "stage", "run", "project", "tenant_day"])
def test_a_limit_on_cost_needs_every_price(level: Level) -> None:
    """Without one, the limit could not be kept: at whatever level."""
    limits = RunLimits(**{level: Cap(cost_usd=1.0)})
    known = lineup(**{role: priced("scripted:tally") for role in ROLES})
    check_lineup(known, nothing, limits)
    unpriced = lineup(**{**known.roles, "fixer": RoleConfig(model="scripted:tally")})
    check_lineup(unpriced, nothing, RunLimits(run=Cap(tokens=1, steps=1)))
    with pytest.raises(ConfigurationError) as caught:
        check_lineup(unpriced, nothing, limits)
    assert str(caught.value) == (
        f"the price of the fixer's model 'scripted:tally' is not known, so {setting_of(level, 'cost_usd')} cannot be "
        "kept; give the role a `price` in the line-up, or run without a limit on cost"
    )
