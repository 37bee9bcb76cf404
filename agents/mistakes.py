"""Replies that are neither work nor an end of it, and what the model is told of them."""

from __future__ import annotations

import re
from typing import Any, Literal

from langchain_core.messages import AIMessage

from ..models import text_of

Mistake = Literal["cut", "filtered", "refused", "empty"]

BOUND = 3
"""So many replies in a row of which nothing can be used end the work."""

TOLD: dict[Mistake, str] = {
    "cut": (
        "Your reply was cut off at its output limit, and what was cut is lost. Go on in smaller pieces: write a long "
        "file in parts, its beginning with write_file and each further part with edit_file."
    ),
    "filtered": (
        "A filter of your provider ended your reply. Go on without what it stopped; where that is impossible, say what "
        "is in the way with report_problem."
    ),
    "refused": (
        "Nothing was done. The task is to work on software in a sandbox. Where a part of it contradicts itself or may "
        "not be done, say so with report_problem; do the rest."
    ),
    "empty": "Your reply was empty. Go on with a tool call, or say what you did if the task is done.",
}

_ENDS = ("finish_reason", "stop_reason", "done_reason")
"""What LangChain's providers call the reason why a reply ended."""
_CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_context_window_exceeded"})
_FILTERED = frozenset({
    "content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii",
})  # fmt: skip
_REFUSES = re.compile(
    r"\s*(?:(?:i(?:['\u2019]m| am) )?(?:very |so |truly )?sorry\b[,.;:!]?\s*(?:but )?|unfortunately,?\s*|"
    r"i apologi[sz]e\b[,.;]?\s*(?:but )?)?"
    r"i (?:can(?:['\u2019]t|not| not)|won['\u2019]t|will not|(?:must|have to) decline|am (?:unable|not able) to)\b|"
    r"\s*i['\u2019]m (?:unable|not able) to\b",
    re.IGNORECASE,
)


def mistake_of(message: AIMessage, *, worked: bool) -> Mistake | None:
    """What makes `message` unusable as it stands; None where it is a piece of work, or an end of it.

    "I cannot" is an end where the agent has `worked`, and none where it did nothing.
    """
    ended = _ended(message.response_metadata)
    if ended & _CUT:
        return "cut"
    if ended & _FILTERED or message.additional_kwargs.get("refusal"):
        return "filtered"
    if message.tool_calls or message.invalid_tool_calls:
        return None
    text = text_of(message)
    if not text.strip():
        return "empty"
    return "refused" if not worked and _REFUSES.match(text) else None


def _ended(metadata: dict[str, Any]) -> set[str]:
    """The reasons that a provider gives for the end of its reply, in lower case."""
    details = metadata.get("incomplete_details")  # of OpenAI's responses
    reasons = [metadata.get(name) for name in _ENDS] + [details.get("reason") if isinstance(details, dict) else None]
    return {str(reason).lower() for reason in reasons if reason}
