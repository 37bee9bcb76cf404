"""The person of an ambiguous task tells what is asked and no more: else every line-up would be told all."""

from __future__ import annotations

import pytest

from slipway.config.task import Said
from slipway.experiments.person import NO_PREFERENCE, answer, answers, questions
from slipway.graphs.questions import ask_for_delivery, ask_questions, decided
from slipway.state.records import Brief, Criterion, Pending, Question, Requirement

KNOWN = (
    Said(about=("separator", "decimal"), text="A point."),
    Said(about=("currency", "euro"), text="Euro."),
    Said(about=("art",), text="Modern."),
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which separator is used?", "A point."),
        ("Which Separators are used?", "A point."),
        ("How many decimals, and of which currency?", "A point. Euro."),
        ("When does it start?", NO_PREFERENCE),
        ("What else?", NO_PREFERENCE),
    ],
)
def test_what_stands_in_a_question_is_answered(question: str, said: str) -> None:
    assert answer(question, KNOWN) == said


def test_each_question_is_answered_and_the_rest_approved() -> None:
    """In the form in which a run takes it."""
    asked = ask_questions([Question(id="Q1", text="Which currency?"), Question(id="Q2", text="Which colour?")])
    brief = Brief(
        title="t",
        goal="g",
        requirements=(Requirement(id="R1", text="r"),),
        criteria=(Criterion(id="C1", text="It looks good.", requirement="R1", manual=True),),
    )
    last = ask_for_delivery("v", [], brief, unproven=["C1"])
    waiting = (Pending(id="one", request=asked), Pending(id="two", request=last))
    said = answers(waiting, KNOWN)
    assert said == {
        "one": {"decisions": [
            {"type": "respond", "message": "Euro."}, {"type": "respond", "message": NO_PREFERENCE},
        ]},
        "two": {"decisions": [{"type": "approve"}, {"type": "approve"}]},
    }  # fmt: skip
    assert [len(decided(each.request, said[each.id])) for each in waiting] == [2, 2]
    assert questions(waiting) == ("Which currency?", "Which colour?")
