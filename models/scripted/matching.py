from __future__ import annotations

from ..endpoints import RequestError
from .conditions import Condition, Conversation
from .script import Reply, Rule, Script


def choose(script: Script, conversation: Conversation) -> Reply:
    """The reply of the most specific rule that matches. RequestError where none does, or two do equally well."""
    rules = [(index, rule) for index, rule in enumerate(script.rules) if rule.role == conversation.role]
    matching = [(index, rule) for index, rule in rules if not _unmet(rule, conversation)]
    if not matching:
        raise RequestError("no_matching_rule", _miss(script, rules, conversation))
    most = max(len(rule.when.conditions) for _, rule in matching)
    best = [(index, rule) for index, rule in matching if len(rule.when.conditions) == most]
    if len(best) > 1:
        raise RequestError("ambiguous_rules", _tie(script, best, conversation))
    return best[0][1].reply


def _unmet(rule: Rule, conversation: Conversation) -> list[Condition]:
    return [condition for condition in rule.when.conditions if not condition.holds(conversation)]


def _miss(script: Script, rules: list[tuple[int, Rule]], conversation: Conversation) -> str:
    where = f"script {script.name!r} has no reply for role {conversation.role!r} at turn {conversation.turn}"
    if not rules:
        return f"{where}; it plays {', '.join(sorted({rule.role for rule in script.rules}))}"
    index, rule = min(rules, key=lambda entry: _distance(entry[1], conversation))
    failed = ", ".join(map(str, _unmet(rule, conversation)))
    return f"{where}; nearest is rules.{index} ({rule}), which fails on: {failed}"


def _distance(rule: Rule, conversation: Conversation) -> tuple[bool, bool, int, int]:
    """Smaller is nearer: of this conversation at all, then of this turn, then by what is missing."""
    unmet = _unmet(rule, conversation)
    foreign = bool(rule.when.contains) and len([c for c in unmet if c.kind == "contains"]) == len(rule.when.contains)
    return foreign, any(c.kind == "turn" for c in unmet), len(unmet), -len(rule.when.conditions)


def _tie(script: Script, best: list[tuple[int, Rule]], conversation: Conversation) -> str:
    names = " and ".join(f"rules.{index} ({rule})" for index, rule in best)
    return (
        f"script {script.name!r} has several replies for role {conversation.role!r} at turn {conversation.turn}: "
        f"{names} match equally well; give one of them a further condition"
    )
