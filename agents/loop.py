"""The loop of every agent that works with tools: ask, do what was asked for, tell what came of it, until it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from ..models import Call, Reply, text_of
from ..state.records import ModelCalled, Steered, ToolCalled, Usage
from ..tools import REPORT_PROBLEM, Toolbox, ToolRequest
from .base import Desk, Work

_FROM_THE_PERSON = "The person who asked for this software says, while it is being made:"


@dataclass
class Conversation:
    """The messages between one agent and its model, and what they used."""

    desk: Desk
    messages: list[BaseMessage]
    tools: tuple[dict[str, Any], ...] = ()
    usage: Usage = field(default_factory=Usage)
    tool_calls: int = 0
    problems: list[str] = field(default_factory=list[str])

    @classmethod
    def open(cls, desk: Desk, system: str, task: str, tools: Sequence[dict[str, Any]] = ()) -> Conversation:
        """Begin with the role's standing instructions and its task."""
        return cls(desk, [SystemMessage(system), HumanMessage(task)], tuple(tools))

    async def ask(self) -> AIMessage:
        """The model's next message; it becomes part of the conversation."""
        await self._heed()
        call = Call(self.desk.step, self.usage.calls, tuple(self.messages), self.tools)
        reply = await self.desk.model.ask(call)
        self.messages.append(reply.message)
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

    async def use(self, toolbox: Toolbox, message: AIMessage) -> None:
        """Do what `message` asks for, one call after the other, and add the results to the conversation."""
        for wanted in message.tool_calls:
            request = ToolRequest(self.desk.step, self.tool_calls, wanted["name"], wanted["args"], wanted["id"])
            self.tool_calls += 1
            result = await toolbox.call(request)
            self.messages.append(ToolMessage(result.text, tool_call_id=wanted["id"] or ""))
            if request.name == REPORT_PROBLEM.name and result.ok:
                self.problems.append(str(request.arguments["problem"]))
            event = ToolCalled(
                step=request.step, index=request.index, tool=request.name, ok=result.ok, seconds=result.seconds,
                journaled=result.journaled,
            )  # fmt: skip
            await self.desk.emit(event)
        for broken in message.invalid_tool_calls:
            why = broken["error"] or "they are not valid JSON"
            text = f"refused: the arguments of {broken['name'] or 'this call'} cannot be read: {why}; send them again"
            self.messages.append(ToolMessage(text, tool_call_id=broken["id"] or ""))


async def work(desk: Desk, system: str, task: str, toolbox: Toolbox) -> Work:
    """Let the agent work on `task` until it answers without a tool call, or has made its last allowed call."""
    conversation = Conversation.open(desk, system, task, toolbox.schemas)
    while conversation.usage.calls < desk.max_calls:
        message = await conversation.ask()
        if not message.tool_calls and not message.invalid_tool_calls:
            return _done(conversation, finished=True)
        await conversation.use(toolbox, message)
    return _done(conversation, finished=False)


def _done(conversation: Conversation, *, finished: bool) -> Work:
    last = next((text_of(m) for m in reversed(conversation.messages) if isinstance(m, AIMessage)), "")
    return Work(last, conversation.usage, finished, tuple(conversation.problems))


def _called(desk: Desk, call: Call, reply: Reply) -> ModelCalled:
    return ModelCalled(
        step=call.step, index=call.index, role=desk.model.role, model=desk.model.name, usage=reply.usage,
        journaled=reply.journaled,
    )  # fmt: skip
