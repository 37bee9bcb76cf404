"""An answer that comes in pieces. Put together it equals the one that comes whole; broken off, it is none.

Providers mark the end of an answer in different words, and every one of them marks it. So the rule is one for all: an
answer without that mark was cut, however politely its connection was closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, InvalidToolCall, ToolCall, ToolCallChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.output_parsers.openai_tools import make_invalid_tool_call, parse_tool_call
from langchain_core.runnables import Runnable

from .base import ModelUnreachable

_ENDS = frozenset({"finish_reason", "stop_reason", "done_reason", "done", "status"})
"""What LangChain's providers call the mark: OpenAI and Google, Anthropic, Ollama (two), OpenAI's responses."""


class BrokenOff(ModelUnreachable):
    """It broke its answer off, which is then no answer; the same call may succeed at once."""


class Stream:
    """One answer, while it comes in."""

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._chunks: list[AIMessageChunk] = []

    @property
    def begun(self) -> bool:
        """Whether any of it came: clients repeat a request by themselves only before that."""
        return bool(self._chunks)

    async def message(self, model: Runnable[Any, AIMessage], messages: Sequence[BaseMessage]) -> AIMessage:
        """The whole answer. TimeoutError: nothing came for `silence` seconds; EOFError: it ended before its end.

        Else what the provider's client raises.
        """
        chunks = cast("AsyncGenerator[AIMessageChunk]", model.astream(list(messages)))
        async with aclosing(chunks):
            while (chunk := await self._next(chunks)) is not None:
                self._chunks.append(chunk)
        if not _metadata(self._chunks).keys() & _ENDS:
            raise EOFError("it ended without a word of its end")
        return whole(self._chunks)

    async def _next(self, chunks: AsyncGenerator[AIMessageChunk]) -> AIMessageChunk | None:
        try:
            async with asyncio.timeout(self._silence):
                return await anext(chunks, None)
        except TimeoutError:
            raise TimeoutError(f"nothing came for {self._silence:g} s") from None


def whole(chunks: Sequence[AIMessageChunk]) -> AIMessage:
    """The message that `chunks`, at least one, are the pieces of: what the provider would have sent whole.

    pydantic.ValidationError as there: the arguments of a tool call are JSON and no object.
    """
    merged = chunks[0] + chunks[1:]
    calls, broken = _tool_calls(merged.tool_call_chunks)
    return AIMessage(
        _content(merged.content, calls),
        id=merged.id,
        additional_kwargs=merged.additional_kwargs,
        response_metadata=_metadata(chunks),
        usage_metadata=_usage(chunks, merged),
        tool_calls=calls,
        invalid_tool_calls=broken,
    )


def _metadata(chunks: Sequence[AIMessageChunk]) -> dict[str, Any]:
    # Not merged: LangChain joins texts, and some servers repeat theirs in every chunk.
    told = (item for chunk in chunks for item in chunk.response_metadata.items())
    return {key: value for key, value in told if value is not None and value != ""}


def _usage(chunks: Sequence[AIMessageChunk], merged: AIMessageChunk) -> UsageMetadata | None:
    if merged.usage_metadata is None or _metadata(chunks).get("model_provider") != "openai":
        return merged.usage_metadata  # LangChain's convention: the chunks add up
    # OpenAI's protocol has one usage, at the end. Servers that tell it all along tell the total each time.
    return [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata][-1]


def _tool_calls(chunks: Sequence[ToolCallChunk]) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    # LangChain's own reading completes JSON that was cut: half a file would be written as if it were all of it.
    calls: list[ToolCall] = []
    broken: list[InvalidToolCall] = []
    for chunk in chunks:
        arguments = _joined(chunk["args"] or "")
        raw = {"id": chunk["id"], "function": {"name": chunk["name"], "arguments": arguments}}
        try:
            calls.append(cast("ToolCall", parse_tool_call(raw)))
        except (ValueError, RecursionError) as error:
            broken.append(make_invalid_tool_call(raw, str(error)))
    return calls, broken


def _content(content: str | list[str | dict[str, Any]], calls: Sequence[ToolCall]) -> str | list[str | dict[str, Any]]:
    if isinstance(content, str):
        return _joined(content)
    arguments = {call["id"]: call["args"] for call in calls}
    blocks = [block if isinstance(block, str) else _block(block, arguments) for block in content]
    # A text that stands alone is sent as text.
    match blocks:
        case [{"type": "text", "text": str(text), **more}] if not more:
            return text
        case _:
            return blocks


def _block(block: dict[str, Any], arguments: dict[str | None, dict[str, Any]]) -> dict[str, Any]:
    """A block of content without the marks of its pieces, and with what only a whole one is given."""
    kept = {key: _joined(value) if key == "text" else value for key, value in block.items() if key != "index"}
    match kept:
        case {"type": "tool_use"}:  # Anthropic's
            kept.pop("partial_json", None)
            kept["input"] = arguments.get(kept.get("id"), kept.get("input"))
        case {"type": "function_call"}:  # this and the following are those of OpenAI's responses
            kept.setdefault("status", "completed")
        case {"type": "text", "id": _}:
            kept.setdefault("annotations", [])
        case {"type": "reasoning", "summary": [*parts]}:
            kept["summary"] = [{key: value for key, value in part.items() if key != "index"} for part in parts]
        case _:
            pass
    return kept


def _joined(text: str) -> str:
    """`text` with the two halves of each character together, which may have come in two pieces."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
