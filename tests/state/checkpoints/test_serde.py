"""A checkpoint that cannot be restored is noticed when it is written, not after the crash."""

from __future__ import annotations

import enum
from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.serde.types import _DeltaSnapshot  # pyright: ignore[reportPrivateUsage]
from langgraph.types import Interrupt, Send

from slipway.state import UnknownType, Usage
from slipway.state.checkpoints.serde import StrictSerializer

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_data_come_back_and_are_what_langgraph_writes(value: Any) -> None:
    """The fast path may not change the format: other savers' tools read it."""
    data = StrictSerializer().dumps_typed(value)
    assert data == JsonPlusSerializer().dumps_typed(value)
    assert StrictSerializer().loads_typed(data) == value


@pytest.mark.parametrize(
    "value",
    [
        [HumanMessage("hi", id="1"), AIMessage("ho", id="2")],
        Send("node", {"a": 1}),
        [Interrupt(value="which?", id="i")],
        _DeltaSnapshot([1, {"a": datetime(2026, 1, 1, tzinfo=UTC)}]),
        {"usage": Usage(calls=1), "at": {1, 2}, "id": UUID(int=1), "price": Decimal("0.10")},
    ],
)
def test_known_types_come_back(value: Any) -> None:
    serializer = StrictSerializer()
    found = serializer.loads_typed(serializer.dumps_typed(value))
    assert (found, type(found)) == (
        value if not isinstance(value, tuple) or hasattr(value, "_fields") else list(value),
        type(found),
    )


@dataclass
class Foreign:
    text: str


class Colour(enum.Enum):
    RED = "red"


Pair = namedtuple("Pair", "a b")


class Odd:
    pass


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Foreign("x"), f"{__name__}.Foreign"),
        ({"deep": [1, {"er": Foreign("x")}]}, f"{__name__}.Foreign"),
        (_DeltaSnapshot([Foreign("x")]), f"{__name__}.Foreign"),
        (Send("node", Foreign("x")), f"{__name__}.Foreign"),
        (Colour.RED, f"{__name__}.Colour"),
        (Pair(1, 2), f"{__name__}.Pair"),
        ([Odd()], "Odd"),
    ],
)
def test_an_unknown_type_is_named_when_written(value: Any, name: str) -> None:
    with pytest.raises(UnknownType) as raised:
        StrictSerializer().dumps_typed(value)
    assert raised.value.name == name


def test_an_unknown_type_is_named_when_read() -> None:
    """A checkpoint may come from a process that allowed more."""
    data = StrictSerializer([Foreign]).dumps_typed({"a": Foreign("x")})
    assert StrictSerializer([Foreign]).loads_typed(data) == {"a": Foreign("x")}
    with pytest.raises(UnknownType) as raised:
        StrictSerializer().loads_typed(data)
    assert raised.value.name == f"{__name__}.Foreign"


def test_no_pickle_is_read() -> None:
    with pytest.raises(NotImplementedError, match="pickle"):
        StrictSerializer().loads_typed(("pickle", b"cos\nsystem\n(S'true'\ntR."))
