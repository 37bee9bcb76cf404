"""What a run waits for, shown to a person; and the person's words, as decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis

from ..config import UsageError
from ..state import Inbox, Outcome
from ..state.records import Pending

_WORDS = {"approve": "approve", "yes": "approve", "y": "approve", "reject": "reject", "no": "reject", "n": "reject"}
"""Words that decide, but for a question: there `no` is an answer."""

_TITLES = {
    "answer_question": "question", "build_plan": "the plan", "confirm_criterion": "no check can prove this",
    "deliver": "the delivery",
}  # fmt: skip

Answers = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Action:
    """One thing that a person decides on."""

    waiting: str
    """The id of what waits for it."""
    name: str
    description: str
    args: dict[str, Any]
    choices: Sequence[str]

    @property
    def options(self) -> Sequence[str]:
        """The answers that a question proposes."""
        return self.args.get("options", ()) if self.is_question else ()

    @property
    def is_question(self) -> bool:
        """Whether any words are an answer."""
        return self.name == "answer_question"

    @property
    def proposed(self) -> str:
        """What is decided without a word; empty where that takes one: only a person says that a criterion is met."""
        return "" if self.name == "confirm_criterion" else "approve"


async def answered(redis: Redis, outcome: Outcome) -> bool:
    """Whether all that the run waits for was decided, but no process has gone on with it."""
    known = await Inbox(redis, outcome.run).answers()
    return bool(outcome.waiting) and all(each.id in known for each in outcome.waiting)


def asked(outcome: Outcome) -> list[str]:
    """Each decision that the run waits for, as text for a person."""
    return [described(action) for action in actions(outcome.waiting)]


def answers(outcome: Outcome, words: Sequence[str], edit: str | None = None) -> Answers:
    """The decisions in `words`, one for each that is asked for, in order.

    `approve` and `reject` are themselves, a number is that option of a question, anything else is an answer in the
    person's own words; `edit` is a file with the whole plan as the person wants it. UsageError where they do not fit.
    """
    wanted = list(actions(outcome.waiting))
    if edit is not None:
        if words:
            raise UsageError("--edit approves the plan in the file; leave the words away")
        return together(outcome, [_edited(action, edit) for action in wanted])
    if len(words) != len(wanted):
        shown = "\n".join(f"  {text}" for text in asked(outcome))
        raise UsageError(f"run {outcome.run!r} asks for {len(wanted)} decisions, {len(words)} were given:\n{shown}")
    return together(outcome, [decision(word, action) for word, action in zip(words, wanted, strict=True)])


def together(outcome: Outcome, decisions: Sequence[dict[str, Any]]) -> Answers:
    """The answers that `decisions`, one for each that is asked for, make."""
    made: Answers = {each.id: {"decisions": []} for each in outcome.waiting}
    for action, decision in zip(actions(outcome.waiting), decisions, strict=True):
        made[action.waiting]["decisions"].append(decision)
    return made


def actions(waiting: Sequence[Pending]) -> Iterator[Action]:
    """Each decision that is asked for, in order."""
    for each in waiting:
        request: Any = each.request
        allowed = {config["action_name"]: config["allowed_decisions"] for config in request["review_configs"]}
        for action in request["action_requests"]:
            name = action["name"]
            yield Action(each.id, name, action["description"], action["args"], allowed[name])


def described(action: Action, *, enter: bool = False) -> str:
    """What is to be decided, as text for a person; `enter` is for who is asked on a terminal."""
    given, approve = action.args, "Enter" if enter else "approve"
    text = [f"{_title(action)}: {action.description}"]
    match action.name:
        case "answer_question":
            text += [f"  {number}. {option}" for number, option in enumerate(action.options, 1)]
            text += [f"  ({approve} takes: {given['default'] or 'the simplest reading'})"]
        case "build_plan":
            for part in given["components"]:
                needs = f", uses {', '.join(part['depends_on'])}" if part["depends_on"] else ""
                text += [f"  {part['id']}: {part['purpose']} [{', '.join(part['files'])}]{needs}"]
            text += [f"  tests: {', '.join(given['tests'])}; route: {given['route']}"]
        case "deliver":
            text += [f"  version {given['version']}", *(f"  {name} {how}" for name, how in given["evidence"].items())]
        case _:
            text += [f"  {name}: {value}" for name, value in given.items() if value != action.description]
    approves = enter and action.proposed and not action.is_question
    return "\n".join([*text, f"  {_takes(action)}{'; Enter approves' if approves else ''}"])


def _title(action: Action) -> str:
    return _TITLES.get(action.name, action.name.replace("_", " "))


def _takes(action: Action) -> str:
    words = [choice for choice in action.choices if choice != "respond"]
    words += [f"a number from 1 to {len(action.options)}"] if action.options else []
    return f"{', '.join(words)}{', or say what you want' if 'respond' in action.choices else ''}"


def decision(text: str, action: Action) -> dict[str, Any]:
    """What a person's words decide. UsageError where they decide nothing."""
    word = text.strip()
    if not word:
        raise UsageError(f"an answer is empty; give {_takes(action)}")
    if action.is_question:
        return {"type": "approve"} if word.lower() == "approve" else {"type": "respond", "message": _own(word, action)}
    if word.lower() == "edit" and "edit" in action.choices:
        raise UsageError(
            "a plan is edited in a file: `slipway answer RUN --show --json > FILE`, change that, then "
            "`slipway answer RUN --edit FILE`; or say what is to be changed"
        )
    kind = _WORDS.get(word.lower())
    if kind is None and "respond" in action.choices:
        return {"type": "respond", "message": word}
    if kind is None:
        raise UsageError(f"{word!r} is no answer here; give {_takes(action)}")
    return {"type": kind}


def _own(word: str, action: Action) -> str:
    """The option that `word` is the number of, or the word itself."""
    options = action.options
    if not options or word in options or not word.isdecimal():
        return word
    if 0 < int(word) <= len(options):
        return options[int(word) - 1]
    raise UsageError(f"there is no option {word}; give {_takes(action)}")


def _edited(action: Action, file: str) -> dict[str, Any]:
    if "edit" not in action.choices:
        raise UsageError(f"only a plan can be edited, and the run asks about {_title(action)}; give {_takes(action)}")
    try:
        found: object = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: cannot be read as JSON: {error}") from error
    return {"type": "edit", "edited_action": {"name": action.name, "args": _plan_in(found, action, file)}}


def _plan_in(found: object, action: Action, file: str) -> dict[str, Any]:
    """The plan in what `--show --json` printed, or `found` where it is one itself."""
    if isinstance(found, list):
        shown = cast("list[Any]", found)
        try:
            actions = [each for waiting in shown for each in waiting["request"]["action_requests"]]
            found = next(each["args"] for each in actions if each["name"] == action.name)
        except (LookupError, TypeError, StopIteration) as error:
            raise UsageError(f"{file}: holds no plan; edit what `slipway answer RUN --show --json` prints") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file}: holds no plan; edit what `slipway answer RUN --show --json` prints")
    return cast("dict[str, Any]", found)
