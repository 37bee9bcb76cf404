"""Without an architect a request is taken apart by form alone: nothing of it may get lost, whatever it looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.graphs.unplanned import brief_of, plan_of, sentences
from slipway.state.records import Brief, Plan


@pytest.mark.parametrize(
    ("request_", "parts"),
    [
        ("Build a clock.", ["Build a clock."]),
        ("no sentence at all", ["no sentence at all"]),
        ("Build `a`. It is v2.0. Is it fast? Yes!", ["Build `a`.", "It is v2.0.", "Is it fast?", "Yes!"]),
        ("A wrapped\nsentence. Another\n\nParagraph", ["A wrapped sentence.", "Another", "Paragraph"]),
        ("It has:\n- one\n- another,\n  longer\n2. a third", ["It has:", "one", "another, longer", "a third"]),
        ("It prints:\n```\na. B\n\n- c\n```\nThen it ends.", ["It prints:\n```\na. B\n\n- c\n```", "Then it ends."]),
        ("```\nonly code. Nothing else", ["```\nonly code. Nothing else"]),
    ],
)  # fmt: skip
def test_sentences(request_: str, parts: list[str]) -> None:
    assert sentences(request_) == parts


@given(st.text(min_size=1).filter(str.strip))
def test_no_word_gets_lost_and_a_brief_and_a_plan_come_of_everything(request_: str) -> None:
    brief = brief_of(request_)
    assert Brief.model_validate_json(brief.model_dump_json()) == brief
    assert len(brief.requirements) <= 40 and [each.id for each in brief.criteria] == ["C1"]
    told = "".join("".join(each.text.split()) for each in brief.requirements)
    assert {*told} <= {*"".join(request_.split())}
    plan = plan_of(brief)
    assert plan.open and Plan.model_validate(plan.model_dump(mode="json")) == plan


def test_a_long_request_keeps_its_end() -> None:
    brief = brief_of(" ".join(f"It does thing {number}." for number in range(60)))
    assert len(brief.requirements) == 40 and brief.requirements[-1].text.endswith("It does thing 59.")
