"""What a run waits for, shown to a person; and the person's words, as decisions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..config import UsageError
from ..state import Outcome
from ..state.records import Pending
from ..state.text import visible

_WORDS = {"approve": "approve", "yes": "approve", "y": "approve", "": "approve", "reject": "reject", "no": "reject"}
"""Answers that are no text of their own."""

Answers = dict[str, dict[str, Any]]


def on_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked(outcome: Outcome) -> list[str]:
    """Each decision that the run waits for, as text for a person."""
    return [_described(action, choices) for _, action, choices in _actions(outcome.waiting)]


def answers(outcome: Outcome, words: Sequence[str], edit: str | None = None) -> Answers:
    """The decisions in `words`, one for each that is asked for, in order.

    `approve` and `reject` are themselves, anything else is an answer in the person's own words; `edit` is a file with
    the whole plan as the person wants it. UsageError where they do not fit.
    """
    actions = list(_actions(outcome.waiting))
    if edit is not None and not words:
        words = ["edit"] * len(actions)
    if len(words) != len(actions):
        wanted = "\n".join(f"  {text}" for text in asked(outcome))
        raise UsageError(f"run {outcome.run!r} asks for {len(actions)} decisions, {len(words)} were given:\n{wanted}")
    made: Answers = {each.id: {"decisions": []} for each in outcome.waiting}
    for (name, action, choices), word in zip(actions, words, strict=True):
        decision = _edited(action, edit) if edit is not None else _decision(word, choices)
        made[name]["decisions"].append(decision)
    return made


def prompted(outcome: Outcome) -> Answers:
    """Ask the person on the terminal, one decision after the other."""
    words: list[str] = []
    for text in asked(outcome):
        print(visible(text), file=sys.stderr)
        print("> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise UsageError(f"nobody answers; answer later with: slipway answer {outcome.run}")
        words.append(line.strip())
    return answers(outcome, words)


def _actions(waiting: Sequence[Pending]) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    for each in waiting:
        request: Any = each.request
        allowed = {config["action_name"]: config["allowed_decisions"] for config in request["review_configs"]}
        for action in request["action_requests"]:
            yield each.id, action, allowed[action["name"]]


def _described(action: dict[str, Any], choices: Sequence[str]) -> str:
    given: dict[str, Any] = action["args"]
    text = [f"{action['name'].replace('_', ' ')}: {action['description']}"]
    match action["name"]:
        case "answer_question":
            text += [f"  - {option}" for option in given["options"]]
            text += [f"  (approve takes: {given['default'] or 'the simplest reading'})"]
        case "build_plan":
            for part in given["components"]:
                needs = f", uses {', '.join(part['depends_on'])}" if part["depends_on"] else ""
                text += [f"  {part['id']}: {part['purpose']} [{', '.join(part['files'])}]{needs}"]
            text += [f"  tests: {', '.join(given['tests'])}; route: {given['route']}"]
        case _:
            text += [f"  {json.dumps(given)}"]
    takes = [choice for choice in choices if choice != "respond"]
    return "\n".join([*text, f"  {', '.join(takes)}{', or say what you want' if 'respond' in choices else ''}"])


def _decision(word: str, choices: Sequence[str]) -> dict[str, Any]:
    kind = _WORDS.get(word.strip().lower())
    if kind is None and "respond" in choices:
        return {"type": "respond", "message": word}
    if kind is None or kind not in choices:
        raise UsageError(f"{word!r} is no answer here; say {', '.join(choice for choice in choices)}")
    return {"type": kind}


def _edited(action: dict[str, Any], file: str) -> dict[str, Any]:
    try:
        plan = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read as JSON: {error}") from error
    return {"type": "edit", "edited_action": {"name": action["name"], "args": plan}}
