"""A brief and a plan are JSON from a model: what is none is shown its error once, and then it is the model's fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from pydantic import Field

from slipway.agents import AgentError, Desk, Made
from slipway.agents.structured import make, schema
from slipway.state import Event, ModelCalled, Usage
from slipway.state.records import Record

Speaking = Callable[..., Any]  # the stand-in of this folder's conftest
DeskOf = Callable[..., Desk]

ONE = Usage(calls=1, input_tokens=10, output_tokens=2, cost_usd=0.5, model_seconds=1.0)


class Point(Record):
    """Something small to ask for."""

    x: int
    names: tuple[str, ...] = Field(min_length=1)


GOOD = '{"x": 1, "names": ["a"]}'
POINT = Point(x=1, names=("a",))


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```",
        f"Here it is:\n\n```json\n{GOOD}\n```\n\nAnything else?",
        f"First I thought of\n```json\n{{}}\n```\nbut it is\n```json\n{GOOD}\n```",
        f"Sure! {GOOD} That is all.",
        f"```json\r\n{GOOD}\r\n```",
    ],
)
async def test_the_ways_in_which_models_send_json(speaking: Speaking, desk: DeskOf, text: str) -> None:
    made = await make(desk(speaking(AIMessage(text))), "S", "T", Point)
    assert made == Made(POINT, ONE)


async def test_a_fence_within_the_json_does_not_end_it(speaking: Speaking, desk: DeskOf) -> None:
    """An interface that shows an example has one."""
    text = '```json\n{"x": 1, "names": ["Call it so:\\n```\\nf()\\n```\\n"]}\n```'
    made = await make(desk(speaking(AIMessage(text), AIMessage(GOOD))), "S", "T", Point)
    assert made == Made(Point(x=1, names=("Call it so:\n```\nf()\n```\n",)), ONE)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Which one?", "there is no JSON object in it"),
        ("", "there is no JSON object in it"),
        ('{"names": ["a"]}', "x: Field required"),
        ('{"x": 1, "names": []}', "names: Tuple should have at least 1 item after validation, not 0"),
        ('{"x": 1, "names": ["a", 2]}', "names.1: Input should be a valid string"),
        ('{"x": 1, "names": ["a"], "y": 2}', "y: Extra inputs are not permitted"),
        ('{"x": 1, ', "there is no JSON object in it"),
        ("} {", "there is no JSON object in it"),
    ],
)
async def test_what_is_none_is_shown_its_error_and_may_be_repaired(
    speaking: Speaking, desk: DeskOf, events: list[Event], text: str, wrong: str
) -> None:
    model = speaking(AIMessage(text), AIMessage(GOOD))
    made = await make(desk(model), "S", "T", Point)
    assert made == Made(POINT, ONE + ONE)
    assert [list(call.messages) for call in model.calls] == [
        [SystemMessage("S"), HumanMessage("T")],
        [
            SystemMessage("S"),
            HumanMessage("T"),
            AIMessage(text or "(an empty reply)"),
            HumanMessage(f"This is not a valid Point: {wrong}. Send all of it again."),
        ],
    ]
    assert [(e.index, e.usage, e.journaled) for e in events if isinstance(e, ModelCalled)] == [
        (0, ONE, False), (1, ONE, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        (AIMessage('{"x": 1,', response_metadata={"finish_reason": "length"}),
         "it was cut off at your output limit, so say the same in fewer words"),
        (AIMessage("", response_metadata={"stop_reason": "refusal"}), "a filter of your provider ended it"),
        (AIMessage("I can't help with that."),
         "there is no JSON object in it; put what cannot be built, and why, among the questions"),
    ],
)  # fmt: skip
async def test_a_reply_that_its_provider_ended_is_told_so(
    speaking: Speaking, desk: DeskOf, message: AIMessage, wrong: str
) -> None:
    """Told that its JSON is wrong, a model that ran into its limit sends as much again."""
    model = speaking(message, AIMessage(GOOD))
    assert await make(desk(model), "S", "T", Point) == Made(POINT, ONE + ONE)
    assert model.calls[1].messages[-1].content == f"This is not a valid Point: {wrong}. Send all of it again."


async def test_a_whole_object_is_taken_however_its_reply_ended(speaking: Speaking, desk: DeskOf) -> None:
    cut = AIMessage(f"{GOOD} And furth", response_metadata={"finish_reason": "length"})
    assert await make(desk(speaking(cut)), "S", "T", Point) == Made(POINT, ONE)


async def test_twice_is_enough(speaking: Speaking, desk: DeskOf) -> None:
    model = speaking(AIMessage("Which one?"), AIMessage('{"x": "a"}'), AIMessage(GOOD))
    with pytest.raises(AgentError) as caught:
        await make(desk(model), "S", "T", Point)
    assert str(caught.value) == (
        "the coder's model 'openai:stand-in' twice gave no valid point: x: Input should be a valid integer, unable to "
        "parse string as an integer; give the coder another model in the line-up"
    )
    assert len(model.calls) == 2


def test_the_schema_is_that_of_the_record() -> None:
    assert json.loads(schema(Point)) == {
        "title": "Point",
        "description": "Something small to ask for.",
        "type": "object",
        "properties": {
            "x": {"title": "X", "type": "integer"},
            "names": {"title": "Names", "type": "array", "items": {"type": "string"}, "minItems": 1},
        },
        "required": ["x", "names"],
        "additionalProperties": False,
    }
