"""What a person is asked, and what the answers mean: pure functions.

The form is that of LangChain's human-in-the-loop interrupts (`action_requests` with `review_configs`, answered by
`decisions`), which its user interfaces render.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..config import UsageError
from ..state.records import MOST_SAID, Brief, Evidence, Plan, Question
from .state import Ask

Request = dict[str, Any]
"""A `HITLRequest`."""

MOST_QUESTIONS = 3
_SHOWN = 60  # characters
QUESTION, PLAN, CRITERION, DELIVERY = "answer_question", "build_plan", "confirm_criterion", "deliver"
"""Names of the actions that a person decides on."""


class Action(BaseModel):
    """What is done instead, where a person edits it."""

    model_config = ConfigDict(frozen=True)

    name: str
    args: dict[str, Any] = Field(default_factory=dict[str, Any])


class Decision(BaseModel):
    """One decision of a person, on one action."""

    model_config = ConfigDict(frozen=True)

    type: Literal["approve", "edit", "reject", "respond"]
    message: str = ""
    edited_action: Action | None = None


_DECISIONS: TypeAdapter[tuple[Decision, ...]] = TypeAdapter(tuple[Decision, ...])


def open_questions(brief: Brief, policy: Ask) -> tuple[Question, ...]:
    """The questions that are asked under `policy`: none, those whose answer matters, or all; the first few of them."""
    if policy == "never":
        return ()
    return tuple(q for q in brief.questions if policy == "always" or q.matters)[:MOST_QUESTIONS]


def ask_questions(questions: Sequence[Question]) -> Request:
    """The request for answers. `approve` takes the default; `respond` answers in the person's own words."""
    return _request([(QUESTION, q.model_dump(mode="json"), q.text) for q in questions], ("approve", "respond"))


def settled(brief: Brief, asked: Sequence[Question], answer: Any) -> Brief:
    """`brief` with every question answered, by the person or by its default; what was assumed is recorded as such."""
    decisions = dict(zip((q.id for q in asked), _decisions(answer, len(asked)), strict=True)) if asked else {}
    told = [_told(question, decisions.get(question.id)) for question in brief.questions]
    return brief.model_copy(update={"assumptions": (*brief.assumptions, *told)})


def _told(question: Question, decision: Decision | None) -> str:
    if decision is not None and decision.type == "respond":
        return f"{question.text} Answered: {decision.message}"
    how = "Assumed" if decision is None else "Answered"
    return f"{question.text} {how}: {question.default or 'the simplest reading of the request'}"


def ask_for_plan(plan: Plan) -> Request:
    """The request for approval of a plan: take it, edit it, turn it down, or say what is to be changed.

    Of a plan that nobody made nothing can be said that would change it.
    """
    allowed = ("approve", "edit", "reject") if plan.open else ("approve", "edit", "reject", "respond")
    return _request([(PLAN, plan.model_dump(mode="json"), plan.summary)], allowed)


def ask_for_delivery(version: str, proofs: Sequence[Evidence], brief: Brief, *, unproven: Sequence[str]) -> Request:
    """The request to confirm the criteria that no check can prove, if any, and to deliver."""
    texts = {criterion.id: criterion.text for criterion in brief.criteria}
    manual = [(CRITERION, {"criterion": name, "text": texts[name]}, texts[name]) for name in unproven]
    evidence = {proof.criterion: proof.status for proof in proofs}
    last = (DELIVERY, {"version": version, "evidence": evidence}, "every check passed; deliver this version")
    return _request([*manual, last], ("approve", "reject"))


def _request(actions: Sequence[tuple[str, dict[str, Any], str]], allowed: Sequence[str]) -> Request:
    names = dict.fromkeys(name for name, _, _ in actions)
    return {
        "action_requests": [{"name": n, "args": args, "description": said} for n, args, said in actions],
        "review_configs": [{"action_name": name, "allowed_decisions": list(allowed)} for name in names],
    }


def decided(request: Request, answer: Any) -> tuple[Decision, ...]:
    """The decisions in `answer`, one for each action of `request`. UsageError says what does not fit."""
    actions = request["action_requests"]
    decisions = _decisions(answer, len(actions))
    allowed = {config["action_name"]: config["allowed_decisions"] for config in request["review_configs"]}
    for action, decision in zip(actions, decisions, strict=True):
        _check(action["name"], decision, allowed[action["name"]])
    return decisions


def recorded(decisions: Sequence[Decision]) -> dict[str, Any]:
    """`decisions` as an answer, in the one form in which equal ones are equal."""
    return {"decisions": [decision.model_dump(mode="json", exclude_defaults=True) for decision in decisions]}


def said(answer: Any) -> str:
    """A recorded answer in a few words."""
    words = [decision.message or decision.type for decision in _DECISIONS.validate_python(answer["decisions"])]
    return ", ".join(words) if len(", ".join(words)) <= _SHOWN else f"{', '.join(words)[:_SHOWN]}..."


def _decisions(answer: Any, count: int) -> tuple[Decision, ...]:
    given = answer.get("decisions") if isinstance(answer, Mapping) else answer
    try:
        decisions = _DECISIONS.validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "decisions"
        raise UsageError(f"the answer does not fit: {where}: {first['msg']}") from error
    if len(decisions) != count:
        raise UsageError(
            f"{count} decisions are asked for, one for each question in order; {len(decisions)} were given"
        )
    return decisions


def _check(action: str, decision: Decision, allowed: Sequence[str]) -> None:
    if decision.type not in allowed:
        raise UsageError(f"{decision.type!r} is no answer to {action!r}; it takes {', '.join(allowed)}")
    if decision.type == "respond" and not decision.message.strip():
        raise UsageError(f"`respond` to {action!r} needs a `message`")
    if len(decision.message) > MOST_SAID:
        raise UsageError(f"the answer has {len(decision.message):,} characters; say it in {MOST_SAID:,} at most")
    if decision.type == "edit":
        edited_plan(decision)


def edited_plan(decision: Decision) -> Plan:
    """The plan that a person wrote. UsageError where it is none."""
    if decision.edited_action is None:
        raise UsageError("`edit` needs an `edited_action` with the whole plan as its `args`")
    try:
        return Plan.model_validate(decision.edited_action.args)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"the edited plan does not fit: {f'{where}: ' if where else ''}{first['msg']}") from error
