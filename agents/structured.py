from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel, ValidationError

from ..models import text_of
from .base import AgentError, Desk, Made
from .loop import Conversation
from .mistakes import Mistake, mistake_of

M = TypeVar("M", bound=BaseModel)

_WRONG: dict[Mistake, str] = {
    "cut": "it was cut off at your output limit, so say the same in fewer words",
    "filtered": "a filter of your provider ended it",
    "refused": "there is no JSON object in it; put what cannot be built, and why, among the questions",
    "empty": "there is no JSON object in it",
}
"""Why a reply is none, where its text does not tell."""


def nothing_wrong(_: BaseModel) -> str | None:
    """Every record will do."""
    return None


async def make(
    desk: Desk, system: str, task: str, kind: type[M], wrong_with: Callable[[M], str | None] = nothing_wrong
) -> Made[M]:
    """Ask for a JSON object of `kind`. A reply that is none is shown its error and may be repaired once.

    `wrong_with` says what else is wrong with one. AgentError where the repaired reply is none either.
    """
    conversation = Conversation.open(desk, system, task)
    record, wrong = _read(await conversation.ask(), kind, wrong_with)
    if record is None:
        conversation.messages.append(
            HumanMessage(f"This is not a valid {kind.__name__}: {wrong}. Send all of it again.")
        )
        record, wrong = _read(await conversation.ask(), kind, wrong_with)
    if record is None:
        model = desk.model
        raise AgentError(
            f"the {model.role}'s model {model.name!r} twice gave no valid {kind.__name__.lower()}: {wrong}; "
            f"give the {model.role} another model in the line-up"
        )
    return Made(record, conversation.usage, tuple(conversation.messages))


def schema(kind: type[BaseModel]) -> str:
    """The JSON schema of `kind`, for a prompt."""
    return json.dumps(kind.model_json_schema(), ensure_ascii=False)


def _read(message: AIMessage, kind: type[M], wrong_with: Callable[[M], str | None]) -> tuple[M | None, str]:
    record, wrong = _parse(text_of(message), kind)
    if record is not None and (said := wrong_with(record)):
        return None, said
    mistake = mistake_of(message, worked=False)
    return record, _WRONG[mistake] if record is None and mistake else wrong


def _parse(text: str, kind: type[M]) -> tuple[M | None, str]:
    candidate = _largest_object(text)
    if candidate is None:
        return None, "there is no JSON object in it"
    try:
        return kind.model_validate(candidate), ""
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return None, f"{where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}"


def _largest_object(text: str) -> Any:
    """The longest JSON object in `text`, whatever stands around it and whatever its strings hold."""
    decoder, at, best = json.JSONDecoder(), text.find("{"), (0, None)
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("{", at + 1)
            continue
        best = max(best, (end - at, value), key=lambda found: found[0])
        at = text.find("{", end)
    return best[1]
