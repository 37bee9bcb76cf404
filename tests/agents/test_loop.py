"""The loop of every agent: each call is answered, each answer is in the next request, and it always ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.agents import Desk, Work
from slipway.agents.loop import work
from slipway.models import ModelUnreachable
from slipway.sandboxes import FakeSandbox, FileContent, SandboxGone
from slipway.state import CheckReport, Event, Instruction, ModelCalled, Steered, ToolCalled, Usage
from slipway.telemetry import Collector, Tracer
from slipway.tools import LIST_FILES, READ_FILE, REPORT_PROBLEM, WRITE_FILE, Tools, Workbench

Speaking = Callable[..., Any]  # the stand-in of this folder's conftest
DeskOf = Callable[..., Desk]

ONE = Usage(calls=1, input_tokens=10, output_tokens=2, cost_usd=0.5, model_seconds=1.0)


@pytest.fixture
def sandbox() -> FakeSandbox:
    return FakeSandbox()


@pytest.fixture
def toolbox(sandbox: FakeSandbox) -> Tools:
    async def check() -> CheckReport:
        raise AssertionError("nothing here runs the checks")

    bench = Workbench(sandbox, lambda path: None, check)
    return Tools((READ_FILE, WRITE_FILE, LIST_FILES, REPORT_PROBLEM), bench, Tracer(Collector().provider, "r"))


def wants(text: str, *calls: tuple[str, str, dict[str, Any]]) -> AIMessage:
    made = [{"id": call_id, "name": name, "args": args, "type": "tool_call"} for call_id, name, args in calls]
    return AIMessage(text, tool_calls=made)


async def test_a_whole_piece_of_work(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, sandbox: FakeSandbox, events: list[Event]
) -> None:
    """Two calls in one message are done in their order: the second reads what the first wrote."""
    first = wants("", ("1", "write_file", {"path": "a.py", "content": "x"}), ("2", "read_file", {"path": "a.py"}))
    second = wants("One more look.", ("3", "read_file", {"path": "../a.py"}))
    model = speaking(first, second, AIMessage("All done."))
    done = await work(desk(model), "S", "T", toolbox)
    opening = [SystemMessage("S"), HumanMessage("T")]
    told = [ToolMessage("wrote a.py (1 bytes)", tool_call_id="1"), ToolMessage("x", tool_call_id="2")]
    refused = "refused: '../a.py' is not a path inside the project; give a relative path without '..'"
    assert done == Work("All done.", ONE + ONE + ONE)
    assert [list(call.messages) for call in model.calls] == [
        opening,
        [*opening, first, *told],
        [*opening, first, *told, second, ToolMessage(refused, tool_call_id="3")],
    ]
    assert [(call.step, call.index, call.tools) for call in model.calls] == [
        ("code/amounts", index, toolbox.schemas) for index in range(3)
    ]
    assert [_plain(event) for event in events] == [
        ("model", 0, "coder", "openai:stand-in", False),
        ("tool", 0, "write_file", True), ("tool", 1, "read_file", True),
        ("model", 1, "coder", "openai:stand-in", True),
        ("tool", 2, "read_file", False),
        ("model", 2, "coder", "openai:stand-in", False),
    ]  # fmt: skip


def _plain(event: Event) -> tuple[Any, ...]:
    if isinstance(event, ModelCalled):
        assert (event.step, event.usage) == ("code/amounts", ONE)
        return "model", event.index, event.role, event.model, event.journaled
    assert isinstance(event, ToolCalled) and event.step == "code/amounts" and not event.journaled
    return "tool", event.index, event.tool, event.ok


async def test_malformed_arguments_are_answered_and_the_good_call_is_done(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, sandbox: FakeSandbox
) -> None:
    """Providers refuse a conversation in which a call was left without an answer."""
    mixed = AIMessage(
        "",
        tool_calls=[{"id": "1", "name": "write_file", "args": {"path": "a.py", "content": "x"}, "type": "tool_call"}],
        invalid_tool_calls=[
            {"id": "2", "name": "write_file", "args": '{"path": ', "error": "cut off", "type": "invalid_tool_call"},
        ],
    )
    model = speaking(mixed, AIMessage("Done."))
    assert (await work(desk(model), "S", "T", toolbox)).finished
    assert list(model.calls[1].messages[3:]) == [
        ToolMessage("wrote a.py (1 bytes)", tool_call_id="1"),
        ToolMessage("refused: the arguments of write_file cannot be read: cut off; send them again", tool_call_id="2"),
    ]
    assert sorted(await sandbox.snapshot()) == ["a.py"]


async def test_nothing_but_malformed_arguments_is_not_the_end(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    broken = AIMessage(
        "", invalid_tool_calls=[{"id": "1", "name": "run", "args": "{", "error": "cut", "type": "invalid_tool_call"}]
    )
    model = speaking(broken, AIMessage("Done."))
    assert await work(desk(model), "S", "T", toolbox) == Work("Done.", ONE + ONE)
    [answer] = model.calls[1].messages[3:]
    assert (answer.tool_call_id, answer.content) == (
        "1",
        "refused: the arguments of run cannot be read: cut; send them again",
    )


async def test_what_an_agent_reported_is_kept(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    """A contradiction in the task is for a person to hear of; a refused report said nothing."""
    calls = [("1", {"problem": "C1 and C2 disagree"}), ("2", {"problem": ""}), ("3", {"problem": "no R1"}), ("4", {})]
    model = speaking(wants("", *((number, "report_problem", args) for number, args in calls)))
    done = await work(desk(model, max_calls=1), "S", "T", toolbox)
    assert (done.finished, done.problems) == (False, ("C1 and C2 disagree", "no R1"))
    assert done.note == "stopped at its limit of calls; reported: C1 and C2 disagree; reported: no R1"
    assert Work("", Usage()).note == ""


async def test_the_limit_of_calls_ends_it(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    """What was done is kept, and the step says that it was stopped."""
    again = wants("", ("1", "list_files", {}))
    model = speaking(again, again, again, again)
    done = await work(desk(model, max_calls=3), "S", "T", toolbox)
    assert (done.finished, done.usage.calls, len(model.calls)) == (False, 3, 3)


async def test_the_last_words_of_a_stopped_agent_are_its_own(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    """The result of its last tool is nothing that it said."""
    model = speaking(wants("Still looking.", ("1", "list_files", {})))
    assert await work(desk(model, max_calls=1), "S", "T", toolbox) == Work("Still looking.", ONE, finished=False)


async def test_an_answer_at_the_last_call_is_an_end(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    assert await work(desk(speaking(AIMessage("Done.")), max_calls=1), "S", "T", toolbox) == Work("Done.", ONE)


async def test_what_breaks_is_not_hidden(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, sandbox: FakeSandbox
) -> None:
    await sandbox.write({"a": FileContent(b"")})
    await sandbox.close()
    with pytest.raises(SandboxGone):
        await work(desk(speaking(wants("", ("1", "list_files", {})))), "S", "T", toolbox)

    class Away:
        name, role = "openai:away", "coder"

        async def ask(self, call: Any) -> Any:
            raise ModelUnreachable("away")

    with pytest.raises(ModelUnreachable):
        await work(desk(Away()), "S", "T", toolbox)


async def test_what_a_person_says_meanwhile_is_in_the_next_request(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, events: list[Event]
) -> None:
    """It stays there: a request is all that the model knows."""
    said = {0: (), 1: (Instruction(id="1-0", text="Use tabs."), Instruction(id="2-0", text="No, spaces."))}
    first, last = wants("", ("1", "list_files", {})), AIMessage("Done.")

    async def instructions(step: str, index: int) -> tuple[Instruction, ...]:
        assert step == "code/amounts"
        return said[index]

    model = speaking(first, last)
    await work(dataclasses.replace(desk(model), instructions=instructions), "S", "T", toolbox)
    told = HumanMessage(
        "The person who asked for this software says, while it is being made:\n\nUse tabs.\n\nNo, spaces."
    )
    before = [SystemMessage("S"), HumanMessage("T")]
    assert [list(call.messages) for call in model.calls] == [
        before,
        [*before, first, model.calls[1].messages[3], told],
    ]
    assert [event.kind for event in events] == ["model_called", "tool_called", "steered", "model_called"]
    steered = Steered(step="code/amounts", index=1, instructions=said[1], at=events[2].at)
    assert events[2] == steered
