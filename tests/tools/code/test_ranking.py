"""Ranks decide what a model sees of a project: they must be right, and the same each time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.tools.code.ranking import ranks

_NODES = st.sampled_from("abcdef")


def test_a_small_graph_has_the_ranks_that_are_computed_by_hand() -> None:
    """a <-> b with damping 0.85 and a reader who begins at a: r(a) = 0.15 + 0.85 r(b), r(b) = 0.85 r(a)."""
    found = ranks({"a": {"b": 2.0}, "b": {"a": 1.0}}, {"a": 1.0, "b": 0.0})
    assert found == {"a": pytest.approx(1 / 1.85, abs=1e-3), "b": pytest.approx(0.85 / 1.85, abs=1e-3)}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(_NODES, st.dictionaries(_NODES, st.floats(0.01, 10)), max_size=6), st.randoms())
def test_ranks_sum_to_1_and_do_not_depend_on_order(edges: dict[str, dict[str, float]], random: object) -> None:
    personal = dict.fromkeys("abcdef", 1.0)
    found = ranks(edges, personal)
    assert sum(found.values()) == pytest.approx(1.0) and min(found.values()) > 0
    names = list(edges)
    random.shuffle(names)  # type: ignore[attr-defined]
    turned = {name: dict(reversed(edges[name].items())) for name in names}
    assert ranks(turned, dict(reversed(personal.items()))) == found
