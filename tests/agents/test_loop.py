"""The loop of every agent: each call is answered, each answer is in the next request, and it always ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from slipway.agents import Desk, Work
from slipway.agents.folding import size
from slipway.agents.loop import work
from slipway.agents.mistakes import TOLD, Mistake
from slipway.models import ModelUnreachable
from slipway.sandboxes import FakeSandbox, FileContent, SandboxGone
from slipway.state import Event, Instruction, ModelCalled, Problem, ProblemReported, Steered, ToolCalled, Usage
from slipway.state.text import quoted
from slipway.telemetry import Collector, Tracer
from slipway.tools import LIST_FILES, READ_FILE, REPORT_PROBLEM, WRITE_FILE, Checked, Tools, Workbench

Speaking = Callable[..., Any]  # the stand-in of this folder's conftest
DeskOf = Callable[..., Desk]

ONE = Usage(calls=1, input_tokens=10, output_tokens=2, cost_usd=0.5, model_seconds=1.0)


@pytest.fixture
def sandbox() -> FakeSandbox:
    return FakeSandbox()


@pytest.fixture
def toolbox(sandbox: FakeSandbox) -> Tools:
    bench = Workbench(sandbox, lambda path: None, _unchecked)
    return Tools((READ_FILE, WRITE_FILE, LIST_FILES, REPORT_PROBLEM), bench, _tracer())


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
    told = [
        ToolMessage("wrote a.py (1 bytes)", tool_call_id="1"),
        ToolMessage(quoted("read_file a.py", "x"), tool_call_id="2"),
    ]
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
    assert await work(desk(model), "S", "T", toolbox) == Work("Done.", ONE + ONE, mistakes=1)
    [answer] = model.calls[1].messages[3:]
    assert (answer.tool_call_id, answer.content) == (
        "1",
        "refused: the arguments of run cannot be read: cut; send them again",
    )


async def test_what_an_agent_reported_is_kept(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, events: list[Event]
) -> None:
    """A contradiction in the task is for a person to hear of; a refused report said nothing."""
    calls = [
        ("1", {"problem": "C1 and C2 disagree", "kind": "contradictory_instruction"}), ("2", {"problem": ""}),
        ("3", {"problem": "no R1"}), ("4", {}), ("5", {"problem": "x", "kind": "mood"}),
    ]  # fmt: skip
    model = speaking(wants("", *((number, "report_problem", args) for number, args in calls)))
    done = await work(desk(model, max_calls=1), "S", "T", toolbox)
    reported = (
        Problem(kind="contradictory_instruction", text="C1 and C2 disagree"), Problem(kind="other", text="no R1"),
    )  # fmt: skip
    assert (done.finished, done.problems) == (False, reported)
    assert done.note == (
        "stopped at its limit of calls; 3 replies or calls could not be used; reported: contradictory instruction: "
        "C1 and C2 disagree; reported: no R1"
    )
    told = [(event.step, event.index, event.problem) for event in events if isinstance(event, ProblemReported)]
    assert told == [("code/amounts", 0, reported[0]), ("code/amounts", 2, reported[1])]
    assert Work("", Usage()).note == ""


async def test_the_limit_of_calls_ends_it(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    """What was done is kept, and the step says that it was stopped."""
    model = speaking(*(wants("", ("1", "list_files", {"path": f"{number}"})) for number in range(4)))
    done = await work(desk(model, max_calls=3), "S", "T", toolbox)
    assert (done.finished, done.usage.calls, len(model.calls)) == (False, 3, 3)


async def test_of_a_reply_that_asks_for_everything_at_once_some_is_done(
    speaking: Speaking, desk: DeskOf, toolbox: Tools
) -> None:
    """Two thousand calls in one reply are one call of the model, which no limit of these would end."""
    calls = [(str(n), "read_file", {"path": f"{n}.py"}) for n in range(2_000)]
    model = speaking(wants("", *calls), AIMessage("All done."))
    await work(desk(model), "S", "T", toolbox)
    answers = [str(message.content) for message in model.calls[1].messages if isinstance(message, ToolMessage)]
    assert [text.startswith("refused: at most 32 calls are done of one reply") for text in answers] == [
        *[False] * 32, *[True] * 1_968,
    ]  # fmt: skip


async def test_the_last_words_of_a_stopped_agent_are_its_own(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    """The result of its last tool is nothing that it said."""
    model = speaking(wants("Still looking.", ("1", "list_files", {})))
    assert await work(desk(model, max_calls=1), "S", "T", toolbox) == Work(
        "Still looking.", ONE, "limit", "stopped at its limit of calls"
    )


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


# --- replies that are no work -----------------------------------------------------------------------------------------


def ended(text: str, reason: str, *calls: tuple[str, str, dict[str, Any]]) -> AIMessage:
    return AIMessage(text, tool_calls=wants("", *calls).tool_calls, response_metadata={"finish_reason": reason})


@pytest.mark.parametrize(
    ("message", "mistake"),
    [
        (AIMessage(""), "empty"),
        (AIMessage([{"type": "thinking", "thinking": "hm"}]), "empty"),
        (AIMessage("I\u2019m sorry, but I can't help with that."), "refused"),
        (AIMessage("I cannot assist with this request."), "refused"),
        (ended("", "content_filter"), "filtered"),
        (AIMessage("", additional_kwargs={"refusal": "No."}), "filtered"),
        (AIMessage("Half of", response_metadata={"stop_reason": "max_tokens"}), "cut"),
        (AIMessage("", response_metadata={"incomplete_details": {"reason": "max_output_tokens"}}), "cut"),
        (AIMessage("x", response_metadata={"finish_reason": "MAX_TOKENS"}), "cut"),
    ],
)
async def test_a_reply_that_is_no_work_is_told_what_was_wrong_with_it(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, message: AIMessage, mistake: Mistake
) -> None:
    """Taken for the end, each would leave a component unwritten, and nobody would know why."""
    model = speaking(message, AIMessage("Done."))
    done = await work(desk(model), "S", "T", toolbox)
    assert (done.end, done.mistakes, done.note) == ("done", 1, "1 replies or calls could not be used")
    assert model.calls[1].messages[-1] == HumanMessage(TOLD[mistake])
    assert model.calls[1].messages[-2].content  # Anthropic takes no empty message back


async def test_an_agent_that_worked_may_say_what_it_cannot_do(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    model = speaking(wants("", ("1", "list_files", {})), AIMessage("I cannot find anything to change."))
    assert (await work(desk(model), "S", "T", toolbox)).end == "done"


async def test_a_call_that_may_have_lost_its_end_is_not_done(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, sandbox: FakeSandbox
) -> None:
    """Some providers complete the arguments of a cut reply: half a file would be written as if it were all of it."""
    first, last = (
        ("1", "write_file", {"path": "a", "content": "x"}),
        ("2", "write_file", {"path": "b", "content": ""}),
    )
    model = speaking(ended("", "length", first, last), AIMessage("Done."))
    done = await work(desk(model), "S", "T", toolbox)
    assert (done.end, done.mistakes, sorted(await sandbox.snapshot())) == ("done", 1, ["a"])
    assert list(model.calls[1].messages[3:]) == [
        ToolMessage("wrote a (1 bytes)", tool_call_id="1"),
        ToolMessage(f"refused: write_file was not done. {TOLD['cut']}", tool_call_id="2"),
    ]


async def test_three_useless_replies_in_a_row_end_the_work(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, events: list[Event]
) -> None:
    """A model that cannot use tools burns its whole limit otherwise; each useful reply gives it a new start."""
    unknown, wrong = wants("", ("1", "bash", {"c": "ls"})), wants("", ("1", "read_file", {"file": "a"}))
    useful = wants("", ("1", "list_files", {}))
    model = speaking(unknown, wrong, useful, AIMessage(""), unknown, wants("", ("1", "sh", {})), AIMessage("Done."))
    done = await work(desk(model, max_calls=20), "S", "T", toolbox)
    assert (done.end, done.usage.calls, done.mistakes) == ("unusable", 6, 5)
    assert done.note == (
        "stopped after 3 replies in a row of which nothing could be used; 5 replies or calls could not be used"
    )


# --- a model that repeats itself --------------------------------------------------------------------------------------


async def test_a_model_that_repeats_itself_is_stopped_within_three_rounds(
    speaking: Speaking, desk: DeskOf, toolbox: Tools
) -> None:
    again = wants("Let me look.", ("1", "read_file", {"path": "a.py"}), ("2", "list_files", {}))
    model = speaking(*[again] * 9)
    done = await work(desk(model, max_calls=9), "S", "T", toolbox)
    assert (done.end, len(model.calls)) == ("stuck", 3)
    assert done.note == "stopped, since it repeated itself: 'read_file a.py', 3 times with the same result"
    told = [str(message.content)[:30] for message in model.calls[2].messages if isinstance(message, ToolMessage)]
    assert (
        told
        == ["refused: 'a.py' does not exist", '<data source="list_files" mark'] + ["This was done already, and the"] * 2
    )


async def test_what_is_looked_at_again_after_a_change_is_no_repeat(
    speaking: Speaking, desk: DeskOf, toolbox: Tools
) -> None:
    """The same tests fail the same way after each of three attempts: that is work."""
    looks = wants("", ("1", "list_files", {}))
    steps = [looks]
    for number in range(4):
        steps += [wants("", ("1", "write_file", {"path": "a.py", "content": str(number)})), looks]
    done = await work(desk(speaking(*steps, AIMessage("Done.")), max_calls=20), "S", "T", toolbox)
    assert (done.end, done.usage.calls) == ("done", 10)


async def test_going_in_a_circle_is_a_repeat(speaking: Speaking, desk: DeskOf, toolbox: Tools) -> None:
    """It writes one thing, then another, then the first again: every call changes a file, and nothing changes."""
    one, other = (wants("", ("1", "write_file", {"path": "a.py", "content": content})) for content in "ab")
    done = await work(desk(speaking(*[one, other] * 9), max_calls=18), "S", "T", toolbox)
    assert (done.end, done.usage.calls) == ("stuck", 6)


# --- a conversation that grows ----------------------------------------------------------------------------------------


async def test_a_long_conversation_stays_within_its_bound(
    speaking: Speaking, desk: DeskOf, toolbox: Tools, sandbox: FakeSandbox
) -> None:
    """And a result that was folded away may be asked for again: it is told whole, and is no repeat."""
    await sandbox.write({f"{number}.txt": FileContent(b"x" * 900) for number in range(12)})
    reads = [wants("", ("1", "read_file", {"path": f"{number}.txt"})) for number in [*range(12), 0]]
    model = speaking(*reads, AIMessage("Done."))
    done = await work(replace(desk(model, max_calls=20), context_bytes=8000), "S", "T", toolbox)
    assert (done.end, done.usage.calls, done.mistakes) == ("done", 14, 0)
    last = model.calls[-1].messages
    assert last[:2] == (SystemMessage("S"), HumanMessage("T"))
    assert last[3].content == "[read_file 0.txt: 980 characters, folded; call it again if you need it]"
    assert last[-1] == ToolMessage(quoted("read_file 0.txt", "x" * 900), tool_call_id="1")
    assert max(sum(map(size, call.messages)) for call in model.calls) <= 8000


async def test_a_step_that_is_resumed_asks_the_same_again(speaking: Speaking, desk: DeskOf) -> None:
    """Every request is a function of what was said before: the journal answers all of them, however often it folded."""
    asked: list[list[Any]] = []
    for _ in range(2):
        sandbox = FakeSandbox()
        await sandbox.write({f"{number}.txt": FileContent(b"y" * 700) for number in range(9)})
        tools = Tools((READ_FILE, LIST_FILES), Workbench(sandbox, lambda path: None, _unchecked), _tracer())
        calls = [("1", "read_file", {"path": f"{number % 9}.txt"}) for number in range(14)]
        replies = [wants("", call) for call in calls]
        model = speaking(*replies[:6], AIMessage(""), replies[5], *replies[6:], AIMessage("Done."))
        done = await work(replace(desk(model, max_calls=20), context_bytes=5000), "S", "T", tools)
        assert (done.end, done.mistakes) == ("done", 1)
        asked.append([call.canonical("m") for call in model.calls])
    assert asked[0] == asked[1]
    assert "folded; call it again" in asked[0][-1] and "done already" in asked[0][8]


async def _unchecked() -> Checked:
    raise AssertionError("nothing here runs the checks")


def _tracer() -> Tracer:
    return Tracer(Collector().provider, "r")


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
