"""The checks go along with the work: an agent hears of its own faults at once, and no call is paid for its word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage

from slipway.agents import Desk, Proving, Work
from slipway.agents.loop import work
from slipway.sandboxes import FakeSandbox
from slipway.state import CheckReport, CheckResult, Event, Finding, ToolCalled, Usage
from slipway.state.text import quoted
from slipway.telemetry import Collector, Tracer
from slipway.tools import (
    EDIT_FILE,
    RUN,
    RUN_CHECKS,
    WRITE_FILE,
    Checked,
    Tool,
    ToolRequest,
    ToolResult,
    Tools,
    Workbench,
)

Speaking = Callable[..., Any]  # the stand-in of this folder's conftest
DeskOf = Callable[..., Desk]

CALLED = Usage(calls=1, input_tokens=10, output_tokens=2, cost_usd=0.5, model_seconds=1.0)
GREEN = "Nothing is left to be repaired.\nlint: passed"
RED = "lint: failed\n[lint] E1 a.py:1 it is wrong"


class Noting:
    """Tools that say which files each call changed, as those of a run do."""

    def __init__(self, sandbox: FakeSandbox, *tools: Tool[Any]) -> None:
        self.asked = 0
        tracer = Tracer(Collector().provider, "r")
        self._tools = Tools(tools, Workbench(sandbox, lambda path: None, self._check), tracer)
        self._sandbox = sandbox
        self.schemas = self._tools.schemas

    async def _check(self) -> Checked:
        """Every file but those that say `right` is wrong."""
        self.asked += 1
        paths = sorted(await self._sandbox.snapshot())
        texts = {path: await self._sandbox.read(path) for path in paths}
        found = tuple(
            Finding(check="lint", rule="E1", file=path, line=1, message="it is wrong", signature=path)
            for path, data in texts.items() if data != b"right"
        )  # fmt: skip
        result = CheckResult(check="lint", status="failed" if found else "passed", findings=found)
        return Checked(CheckReport(version="v", results=(result,)))

    async def call(self, request: ToolRequest) -> ToolResult:
        before = await self._sandbox.snapshot()
        result = await self._tools.call(request)
        after = await self._sandbox.snapshot()
        changed = {path: ref.encode() for path, ref in after.items() if ref != before.get(path)}
        return replace(result, changed=changed)


@pytest.fixture
def toolbox() -> Noting:
    return Noting(FakeSandbox(), WRITE_FILE, EDIT_FILE, RUN_CHECKS)


def writes(*files: tuple[str, str]) -> AIMessage:
    made = [
        {"id": path, "name": "write_file", "args": {"path": path, "content": text}, "type": "tool_call"}
        for path, text in files
    ]
    return AIMessage("", tool_calls=made)


def edits(path: str, old: str, new: str) -> AIMessage:
    args = {"path": path, "old": old, "new": new}
    return AIMessage("", tool_calls=[{"id": "e", "name": "edit_file", "args": args, "type": "tool_call"}])


def proof(text: str) -> str:
    return f"\n\nThe checks, which ran after this change:\n{quoted('run_checks', text)}"


async def test_what_is_right_is_done_without_another_call(
    speaking: Speaking, desk: DeskOf, toolbox: Noting, events: list[Event]
) -> None:
    """A reply that only says that all is done would send the whole conversation once more."""
    model = speaking(writes(("a.py", "right")), AIMessage("All done."))
    done = await work(desk(model), "S", "T", toolbox, Proving(owed=frozenset({"a.py"}), ends=frozenset({"a.py"})))
    assert done == Work("", CALLED)
    assert done.messages[-1] == ToolMessage("wrote a.py (5 bytes)" + proof(GREEN), tool_call_id="a.py")
    assert [(e.index, e.tool) for e in events if isinstance(e, ToolCalled)] == [(0, "write_file"), (1, "run_checks")]


async def test_what_is_wrong_is_told_with_the_change(speaking: Speaking, desk: DeskOf, toolbox: Noting) -> None:
    """It would else be asked for by a call of its own."""
    model = speaking(writes(("a.py", "odd")), edits("a.py", "odd", "right"))
    done = await work(desk(model), "S", "T", toolbox, Proving(frozenset({"a.py"}), frozenset({"a.py"})))
    assert (done.usage.calls, done.end) == (2, "done")
    assert [m.text for m in done.messages if isinstance(m, ToolMessage)] == [
        "wrote a.py (3 bytes)" + proof(RED), "edited a.py" + proof(GREEN),
    ]  # fmt: skip


async def test_nothing_is_checked_before_all_is_there(speaking: Speaking, desk: DeskOf, toolbox: Noting) -> None:
    """Half of a component cannot be loaded, and the other half is on its way; all of one reply is checked at once."""
    model = speaking(writes(("a.py", "odd")), writes(("b.py", "right"), ("a.py", "right")))
    both = frozenset({"a.py", "b.py"})
    done = await work(desk(model), "S", "T", toolbox, Proving(both, both))
    assert [m.text for m in done.messages if isinstance(m, ToolMessage)] == [
        "wrote a.py (3 bytes)", "wrote b.py (5 bytes)", "wrote a.py (5 bytes)" + proof(GREEN),
    ]  # fmt: skip
    assert toolbox.asked == 1


@pytest.mark.parametrize("proving", [Proving(), Proving(ends=frozenset({"a.py", "b.py"}))])
async def test_else_its_word_is_waited_for(speaking: Speaking, desk: DeskOf, toolbox: Noting, proving: Proving) -> None:
    """A file that was there and is edited may lack what the checks cannot know of: they end nothing there."""
    model = speaking(writes(("a.py", "right")), AIMessage("All done."))
    done = await work(desk(model), "S", "T", toolbox, proving)
    assert (done.text, done.usage.calls, toolbox.asked) == ("All done.", 2, 1)


async def test_they_run_after_changes_only(speaking: Speaking, desk: DeskOf, toolbox: Noting) -> None:
    """What the agent had checked itself is not checked again, nor what no call changed."""
    asks = {"id": "c", "name": "run_checks", "args": {}, "type": "tool_call"}
    written = writes(("a.py", "odd"))
    first = AIMessage("", tool_calls=[*written.tool_calls, asks])
    model = speaking(first, edits("a.py", "nowhere", "right"), AIMessage("I give up."))
    done = await work(desk(model), "S", "T", toolbox, Proving(ends=frozenset()))
    assert (done.text, toolbox.asked) == ("I give up.", 1)
    assert [m.text for m in done.messages if isinstance(m, ToolMessage)][:2] == [
        "wrote a.py (3 bytes)", quoted("run_checks", RED),
    ]  # fmt: skip


async def test_who_goes_in_circles_is_stopped(speaking: Speaking, desk: DeskOf, toolbox: Noting) -> None:
    """From one wrong idea to the next and back: no call is like the one before, and none leads anywhere."""
    ideas = [edits("a.py", old, new) for old, new in pairwise(["odd", "bad", "sad", "odd", "bad", "sad", "odd"])]
    done = await work(desk(speaking(writes(("a.py", "odd")), *ideas)), "S", "T", toolbox, Proving(ends=frozenset()))
    why = "stopped, since it repeated itself: it came back to files that the checks had refuted"
    assert (done.end, done.why, done.usage.calls, toolbox.asked) == ("stuck", why, 5, 5)


async def test_a_role_without_checks_has_none(speaking: Speaking, desk: DeskOf) -> None:
    """A line-up that takes the tool away takes away what it tells."""
    toolbox = Noting(FakeSandbox(), WRITE_FILE, RUN)
    model = speaking(writes(("a.py", "right")), AIMessage("All done."))
    done = await work(desk(model), "S", "T", toolbox, Proving(ends=frozenset()))
    assert (done.text, toolbox.asked) == ("All done.", 0)
