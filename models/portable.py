from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage

from .base import text_of


def portable(messages: Sequence[BaseMessage], speaks: str) -> list[BaseMessage]:
    """`messages` as a client that speaks this protocol takes them; names are those of `model_provider` in LangChain.

    In a conversation that a fallback went on with, some answers are of another protocol, with blocks that only that one
    knows (thoughts, signatures): of these their text and their tool calls are kept.
    """
    return [_plain(message) if _foreign(message, speaks) else message for message in messages]


def _foreign(message: BaseMessage, speaks: str) -> bool:
    return message.response_metadata.get("model_provider", speaks) != speaks


def _plain(message: BaseMessage) -> BaseMessage:
    if not isinstance(message, AIMessage):
        return message
    calls, broken = message.tool_calls, message.invalid_tool_calls
    return AIMessage(text_of(message), tool_calls=calls, invalid_tool_calls=broken)
