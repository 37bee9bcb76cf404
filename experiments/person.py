"""The person of a task: they answer what is asked, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..config.task import Said
from ..graphs.questions import QUESTION
from ..state.records import Pending

NO_PREFERENCE = "I have no preference."


def answers(waiting: Sequence[Pending], known: Sequence[Said]) -> dict[str, Any]:
    """What the person decides on all that a run waits for, as `resuming` takes it.

    A question is answered with what they know about it. Anything else is approved: whether it is right, the hidden
    check decides.
    """
    return {each.id: {"decisions": [_decision(action, known) for action in _actions(each)]} for each in waiting}


def questions(waiting: Sequence[Pending]) -> tuple[str, ...]:
    """The questions among what a run waits for."""
    return tuple(action["description"] for each in waiting for action in _actions(each) if action["name"] == QUESTION)


def answer(question: str, known: Sequence[Said]) -> str:
    """What the person says to `question`: all that they know about what stands in it."""
    told = [said.text for said in known if any(_occurs(word, question) for word in said.about)]
    return " ".join(told) or NO_PREFERENCE


def _decision(action: dict[str, Any], known: Sequence[Said]) -> dict[str, str]:
    if action["name"] != QUESTION:
        return {"type": "approve"}
    return {"type": "respond", "message": answer(action["description"], known)}


def _actions(waiting: Pending) -> Iterator[dict[str, Any]]:
    request: Any = waiting.request
    yield from request["action_requests"]


def _occurs(word: str, text: str) -> bool:
    """Whether a word of `text` begins with `word`: plurals count, and the middle of another word does not."""
    return re.search(rf"(?<!\w){re.escape(word)}", text, re.IGNORECASE) is not None
