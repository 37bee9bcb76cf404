"""Parallel agents ask in any order: a reply depends on the conversation alone, and a miss says what to change."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.models.endpoints import RequestError
from slipway.models.scripted import Script, choose
from slipway.models.scripted.conditions import Conversation


def script(*rules: tuple[str, dict[str, Any], str]) -> Script:
    made = [{"role": role, "when": when, "reply": {"content": said}} for role, when, said in rules]
    return Script.model_validate({"name": "tiny", "request": "Say hello.", "rules": made})


SCRIPT = script(
    ("coder", {"contains": ["## A"]}, "any turn of A"),
    ("coder", {"contains": ["## A"], "turn": 1}, "turn 1 of A"),
    ("coder", {"contains": ["## A"], "turn": 1, "last": ["Error"]}, "an error in A"),
    ("coder", {"contains": ["## B"], "turn": 1}, "turn 1 of B"),
    ("fixer", {"contains": ["## Findings", "test_c2"], "turn": 0}, "repair"),
)


@pytest.mark.parametrize(
    ("turn", "texts", "said"),
    [
        (0, ["## A"], "any turn of A"),
        (1, ["## A", "", "ok"], "turn 1 of A"),
        (1, ["## A", "", "an Error"], "an error in A"),
        (1, ["## A, an Error", "", "ok"], "turn 1 of A"),
        (2, ["## A", "", "", "", "an Error"], "any turn of A"),
        (1, ["## B", "", "ok"], "turn 1 of B"),
    ],
)
def test_the_most_specific_rule_wins(turn: int, texts: list[str], said: str) -> None:
    assert choose(SCRIPT, Conversation("coder", turn, tuple(texts))).content == said


def test_a_substring_does_not_span_two_messages() -> None:
    with pytest.raises(RequestError, match="no reply"):
        choose(SCRIPT, Conversation("coder", 0, ("## ", "A")))


@pytest.mark.parametrize(
    ("conversation", "said"),
    [
        (
            Conversation("coder", 0, ("## B",)),
            "script 'tiny' has no reply for role 'coder' at turn 0; "
            "nearest is rules.3 (coder, turn 1, contains '## B'), which fails on: turn 1",
        ),
        (
            Conversation("fixer", 0, ("## Findings: test_c9",)),
            "script 'tiny' has no reply for role 'fixer' at turn 0; nearest is rules.4 "
            "(fixer, turn 0, contains '## Findings', contains 'test_c2'), which fails on: contains 'test_c2'",
        ),
        (
            Conversation("painter", 0, ("## A",)),
            "script 'tiny' has no reply for role 'painter' at turn 0; it plays coder, fixer",
        ),
    ],
)
def test_a_miss_names_role_turn_nearest_rule_and_condition(conversation: Conversation, said: str) -> None:
    with pytest.raises(RequestError) as caught:
        choose(SCRIPT, conversation)
    assert (caught.value.code, str(caught.value)) == ("no_matching_rule", said)


def test_a_tie_that_shows_only_at_run_time_is_refused() -> None:
    with pytest.raises(RequestError) as caught:
        choose(SCRIPT, Conversation("coder", 1, ("## A ## B", "", "ok")))
    assert (caught.value.code, str(caught.value)) == (
        "ambiguous_rules",
        "script 'tiny' has several replies for role 'coder' at turn 1: rules.1 (coder, turn 1, contains '## A') and "
        "rules.3 (coder, turn 1, contains '## B') match equally well; give one of them a further condition",
    )
