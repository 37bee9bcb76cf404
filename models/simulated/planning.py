"""Plans as a schema wants them: the fields that it names, filled with what the task's play says."""

from __future__ import annotations

import json
from typing import Any, cast

from .known import Known
from .reading import Prompt, instructs

_LEFT_OPEN = "What the request leaves open, as it is answered: "


def schema_in(prompt: Prompt, response_format: dict[str, Any] | None) -> dict[str, Any] | None:
    """The JSON schema of what is to be answered: the request's own, or the last that stands in what instructs."""
    if response_format:
        return response_format
    decoder, found = json.JSONDecoder(), None
    for message in prompt.messages:
        text = message.text if instructs(message) else ""
        at = text.find("{")
        while at >= 0:
            try:
                value, end = decoder.raw_decode(text, at)
            except ValueError:
                at = text.find("{", at + 1)
                continue
            if isinstance(value, dict) and "properties" in value:
                found = cast("dict[str, Any]", value)
            at = text.find("{", end)
    return found


def filled(known: Known, schema: dict[str, Any]) -> dict[str, Any]:
    """The object that `schema` describes; a field of which nothing is known has what means nothing in its type."""
    knowledge = _knowledge(known)
    properties = cast("dict[str, Any]", schema.get("properties", {}))
    required = set(cast("list[str]", schema.get("required", ())))
    made: dict[str, Any] = {}
    for name, what in properties.items():
        if name in knowledge:
            made[name] = knowledge[name]
        elif name in required:
            made[name] = _nothing(what)
    return made


def _knowledge(known: Known) -> dict[str, Any]:
    play = known.scene.step.play
    if play is None:
        return {}
    brief = dict(play.brief)
    unsaid = {name for name in known.scene.requirements if not known.requirement(name)}
    withheld, lost = unsaid & known.scene.withheld, unsaid - known.scene.withheld
    questions: list[dict[str, Any]] = brief.get("questions", [])
    asked = _LEFT_OPEN + " ".join(question["text"] for question in questions)
    brief["requirements"] = [
        {**each, "text": asked} if each["id"] in withheld else each
        for each in brief.get("requirements", ())
        if each["id"] not in lost
    ]
    brief["criteria"] = [
        {**each, "text": asked} if each["requirement"] in withheld else each
        for each in brief.get("criteria", ())
        if each["requirement"] not in lost
    ]
    if not withheld:
        brief["questions"] = []
    return {**play.plan, **brief}


def _nothing(what: Any) -> Any:
    kind = what.get("type") if isinstance(what, dict) else None
    return {"boolean": False, "integer": 0, "number": 0, "array": [], "object": {}}.get(str(kind), "as it is asked for")
