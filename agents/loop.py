"""The loop of every agent that works with tools: ask, do what was asked for, tell what came of it, until it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from ..models import Call, Reply, text_of
from ..state.records import ModelCalled, Problem, ProblemReported, Steered, ToolCalled, Usage
from ..state.text import quoted
from ..tools import (
    CODING,
    DISPUTE_TEST,
    EDIT_FILE,
    GREEN,
    REPORT_PROBLEM,
    RUN_CHECKS,
    WRITE_FILE,
    ReportProblem,
    Toolbox,
    ToolRequest,
    ToolResult,
)
from .base import Desk, Disputed, End, Proving, Work
from .folding import BOUND, fold_point, folded
from .mistakes import BOUND as IN_A_ROW
from .mistakes import TOLD, Mistake, mistake_of
from .naming import named
from .stalling import STUCK, Done, repeats

_OURS = frozenset({WRITE_FILE.name, EDIT_FILE.name, REPORT_PROBLEM.name, DISPUTE_TEST.name})
"""Tools that answer in our own words; what the others tell is the content of files and the output of programs."""
_CHANGING = frozenset(tool.name for tool in CODING if tool.changes_files)
_AGAIN = (
    "This was done already, and the result is the same as above. Do something else; if the task is done, say so "
    "without a tool call."
)
_NOT_DONE = "not done"
AT_ONCE = 32
"""Calls that are done of one reply."""
_EMPTY = "(an empty reply)"
_REPORTED = 2000
"""Characters that are kept of a report; it stands in the state."""

_PROVED = "The checks, which ran after this change:"
_FROM_THE_PERSON = "The person who asked for this software says, while it is being made:"


@dataclass
class Conversation:
    """The messages between one agent and its model, and what they used."""

    desk: Desk
    messages: list[BaseMessage]
    tools: tuple[dict[str, Any], ...] = ()
    usage: Usage = field(default_factory=Usage)

    @classmethod
    def open(cls, desk: Desk, system: str, task: str, tools: Sequence[dict[str, Any]] = ()) -> Conversation:
        """Begin with the role's standing instructions and its task, or go on with that after what was said before."""
        return cls(desk, [SystemMessage(system), *desk.before[1:], HumanMessage(task)], tuple(tools))

    @property
    def bound(self) -> int:
        """Bytes that the messages of a request may have."""
        return self.desk.context_bytes or BOUND

    async def ask(self) -> AIMessage:
        """The model's next message; it becomes part of the conversation."""
        await self._heed()
        call = Call(self.desk.step, self.usage.calls, folded(self.messages, self.bound), self.tools)
        reply = await self.desk.model.ask(call)
        # Some providers take no message of theirs back that says nothing.
        silent = not (text_of(reply.message).strip() or reply.message.tool_calls or reply.message.invalid_tool_calls)
        self.messages.append(AIMessage(_EMPTY) if silent else reply.message)
        self.usage = self.usage + reply.usage
        await self.desk.emit(_called(self.desk, call, reply))
        return reply.message

    async def _heed(self) -> None:
        """Add what the person who asked for the software said meanwhile."""
        step, index = self.desk.step, self.usage.calls
        if told := await self.desk.instructions(step, index):
            said = "\n\n".join(instruction.text for instruction in told)
            self.messages.append(HumanMessage(f"{_FROM_THE_PERSON}\n\n{said}"))
            await self.desk.emit(Steered(step=step, index=index, instructions=told))


@dataclass
class _Job:
    """One piece of work, as far as it has come."""

    conversation: Conversation
    toolbox: Toolbox
    calls: int = 0
    worked: bool = False
    """Whether any call was met."""
    mistakes: int = 0
    in_a_row: int = 0
    """Of the newest replies, how many could not be used at all."""
    done: list[Done] = field(default_factory=list[Done])
    problems: list[Problem] = field(default_factory=list[Problem])
    disputes: list[Disputed] = field(default_factory=list[Disputed])
    stuck: str = ""
    """What it did over and over."""
    changed: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """What became of the files that it changed."""
    refuted: list[dict[str, str | None]] = field(default_factory=list[dict[str, str | None]])
    """What they were when the checks had something left."""
    whole: set[str] = field(default_factory=set[str])
    """Files of which it gave the whole text."""
    unproved: bool = False
    """Whether one was changed since the checks ran last."""
    green: bool = False
    """Whether the checks have nothing left of the files as they are."""

    async def take(self, message: AIMessage, mistake: Mistake | None) -> None:
        """Do what `message` asks for, one call after the other, and answer what cannot be done."""
        wanted, broken = list(message.tool_calls), list(message.invalid_tool_calls)
        rest, wanted = wanted[AT_ONCE:], wanted[:AT_ONCE]
        lost = [wanted.pop()] if mistake and wanted and not (broken or rest) else []  # its end may be missing
        met = False
        for at, call in enumerate(wanted, 1):
            met = await self._call(call["name"], call["args"], call["id"]) or met
            if self.stuck:
                for left in (*wanted[at:], *rest, *lost, *broken):
                    self._answer(left["id"], _NOT_DONE)
                return
        for call in rest:
            self._answer(call["id"], f"refused: at most {AT_ONCE} calls are done of one reply; make this one again")
        for call in (*lost, *broken):
            self._answer(call["id"], _unreadable(call["name"], call.get("error"), mistake))
        if mistake and not (message.tool_calls or broken):
            self.conversation.messages.append(HumanMessage(TOLD[mistake]))
        self.mistakes += len(lost) + len(broken) or bool(mistake)
        self.in_a_row = 0 if met else self.in_a_row + 1

    async def _call(self, name: str, arguments: dict[str, Any], call_id: str | None) -> bool:
        """Make one call, and tell what came of it. False where it was no call of any tool."""
        request, result = await self._made(name, arguments, call_id)
        self._tell(request, result)
        if name == REPORT_PROBLEM.name and result.ok:
            await self._report(request)
        if name == DISPUTE_TEST.name and result.ok:
            self.disputes.append(Disputed(arguments["test"], arguments["reason"]))
        self.worked |= result.ok
        self.mistakes += result.malformed
        return not result.malformed

    async def _made(
        self, name: str, arguments: dict[str, Any], call_id: str | None = None
    ) -> tuple[ToolRequest, ToolResult]:
        """Have a call made, and note what it did."""
        request = ToolRequest(self.conversation.desk.step, self.calls, name, arguments, call_id)
        self.calls += 1
        result = await self.toolbox.call(request)
        self.changed |= result.changed
        self.whole |= result.changed.keys() if request.name == WRITE_FILE.name else set()
        if request.name == RUN_CHECKS.name:
            self.unproved, self.green = False, result.ok and result.text.startswith(GREEN)
        elif result.changed:
            self.unproved, self.green = True, False
        event = ToolCalled(
            step=request.step, index=request.index, tool=request.name, ok=result.ok, seconds=result.seconds,
            journaled=result.journaled,
        )  # fmt: skip
        await self.conversation.desk.emit(event)
        return request, result

    async def prove(self, proving: Proving) -> bool:
        """Run the checks where files were changed since they ran last. Whether the work is done by what they say."""
        if self.unproved and proving.owed <= self.changed.keys():
            request, result = await self._made(RUN_CHECKS.name, {})
            self._add(f"{_PROVED}\n{told(request, result)}")
            if not self.green:
                self.refuted.append(dict(self.changed))
                if self._circles() >= STUCK:
                    self.stuck = "it came back to files that the checks had refuted"
        return self.green and proving.ends is not None and proving.ends <= self.whole

    async def _report(self, request: ToolRequest) -> None:
        said = ReportProblem.model_validate(request.arguments)
        self.problems.append(Problem(kind=said.kind, text=said.problem[:_REPORTED]))
        await self.conversation.desk.emit(
            ProblemReported(step=request.step, index=request.index, problem=self.problems[-1])
        )

    def _tell(self, request: ToolRequest, result: ToolResult) -> None:
        messages = self.conversation.messages
        call = json.dumps([request.name, request.arguments], sort_keys=True)
        latest = Done(call, result.text, result.ok and request.name in _CHANGING, len(messages))
        again = repeats(self.done, latest, fold_point(messages, self.conversation.bound))
        self.done.append(Done(latest.call, latest.result, latest.changes, latest.at, told=not again))
        self._answer(request.call_id, _AGAIN if again else told(request, result))
        if again >= STUCK:
            self.stuck = f"{named(request.name, request.arguments)!r}, {again + 1} times with the same result"

    def _answer(self, call_id: str | None, text: str) -> None:
        self.conversation.messages.append(ToolMessage(text, tool_call_id=call_id or ""))

    def _circles(self) -> int:
        """How often its files became what had been refuted before."""
        return sum(each in self.refuted[:at] for at, each in enumerate(self.refuted))

    def _add(self, text: str) -> None:
        """Tell more with the newest answer: each call has one."""
        last = self.conversation.messages.pop()
        assert isinstance(last, ToolMessage), "what changes a file is the call of a tool"
        self._answer(last.tool_call_id, f"{last.text}\n\n{text}")

    def work(self, end: End, why: str = "") -> Work:
        """What was done until now, as the end of it."""
        said = (text_of(m) for m in reversed(self.conversation.messages) if isinstance(m, AIMessage))
        heard = tuple(self.problems), tuple(self.disputes)
        messages = tuple(self.conversation.messages)
        return Work(next(said, ""), self.conversation.usage, end, why, self.mistakes, *heard, messages)


async def work(desk: Desk, system: str, task: str, toolbox: Toolbox, proving: Proving | None = None) -> Work:
    """Let the agent work on `task` until it answers without a tool call, or has made its last allowed call.

    It is ended before that where it repeats itself, or where nothing can be used of three replies in a row; and, where
    `proving` says so, when the checks have nothing left, which is better than its word.
    """
    conversation = Conversation.open(desk, system, task, toolbox.schemas)
    job = _Job(conversation, toolbox)
    proves = proving if any(schema["function"]["name"] == RUN_CHECKS.name for schema in toolbox.schemas) else None
    while conversation.usage.calls < desk.max_calls:
        message = await conversation.ask()
        mistake = mistake_of(message, worked=job.worked)
        if not (mistake or message.tool_calls or message.invalid_tool_calls):
            return job.work("done")
        await job.take(message, mistake)
        if proves and not job.stuck and await job.prove(proves):
            return job.work("done")
        if job.stuck:
            return job.work("stuck", f"stopped, since it repeated itself: {job.stuck}")
        if job.in_a_row >= IN_A_ROW:
            return job.work("unusable", f"stopped after {IN_A_ROW} replies in a row of which nothing could be used")
    return job.work("limit", "stopped at its limit of calls")


def told(request: ToolRequest, result: ToolResult) -> str:
    """The result of a call as the model reads it: what is not in our own words is marked as data, with its source."""
    if not result.ok or request.name in _OURS:
        return result.text
    return quoted(named(request.name, request.arguments), result.text)


def _unreadable(name: str | None, error: str | None, mistake: Mistake | None) -> str:
    if mistake:
        return f"refused: {name or 'this call'} was not done. {TOLD[mistake]}"
    return (
        f"refused: the arguments of {name or 'this call'} cannot be read: {error or 'no valid JSON'}; send them again"
    )


def _called(desk: Desk, call: Call, reply: Reply) -> ModelCalled:
    return ModelCalled(
        step=call.step, index=call.index, role=desk.model.role, model=reply.model or desk.model.name,
        usage=reply.usage, journaled=reply.journaled,
    )  # fmt: skip
