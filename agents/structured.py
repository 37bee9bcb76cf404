from __future__ import annotations

import json
import re
from typing import TypeVar

from langchain_core.messages import HumanMessage
from pydantic import BaseModel, ValidationError

from ..models import text_of
from .base import AgentError, Desk, Made
from .loop import Conversation

M = TypeVar("M", bound=BaseModel)

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


async def make(desk: Desk, system: str, task: str, kind: type[M]) -> Made[M]:
    """Ask for a JSON object of `kind`. A reply that is none is shown its error and may be repaired once.

    AgentError where the repaired reply is none either.
    """
    conversation = Conversation.open(desk, system, task)
    record, wrong = _parse(text_of(await conversation.ask()), kind)
    if record is None:
        conversation.messages.append(
            HumanMessage(f"This is not a valid {kind.__name__}: {wrong}. Send all of it again.")
        )
        record, wrong = _parse(text_of(await conversation.ask()), kind)
    if record is None:
        model = desk.model
        raise AgentError(
            f"the {model.role}'s model {model.name!r} twice gave no valid {kind.__name__.lower()}: {wrong}; "
            f"give the {model.role} another model in the line-up"
        )
    return Made(record, conversation.usage)


def schema(kind: type[BaseModel]) -> str:
    """The JSON schema of `kind`, for a prompt."""
    return json.dumps(kind.model_json_schema(), ensure_ascii=False)


def _parse(text: str, kind: type[M]) -> tuple[M | None, str]:
    fenced = _FENCE.findall(text)
    candidate = fenced[-1] if fenced else text[text.find("{") : text.rfind("}") + 1]
    if not candidate.strip():
        return None, "there is no JSON object in it"
    try:
        return kind.model_validate_json(candidate), ""
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return None, f"{where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}"
