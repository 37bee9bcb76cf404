"""The ladder of repairs rests on signatures: the same fault must look the same, another one must not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.checks.signatures import signature

words = st.text("abcdefgh ", min_size=1, max_size=30)
numbers = st.integers(0, 10**6)


moments = st.tuples(numbers, numbers, st.floats(0, 1e4), st.text("abc_0/", min_size=1))


@settings(deadline=None)
@given(words, st.lists(moments, min_size=2, max_size=2))
def test_what_changes_from_run_to_run_does_not_change_it(text: str, runs: list[tuple[int, int, float, str]]) -> None:
    made = {
        signature(
            "tests", "t.py::test_a", "t.py",
            f"{text} a.py:{row} b.py:{row}:{column} line {column} at 0x{row:x} in '/tmp/{name}' after {seconds:.2f}s, "
            f"{column} ms,{' ' * (row % 5 + 1)}{seconds:.1f} seconds",
        )
        for row, column, seconds, name in runs
    }  # fmt: skip
    assert len(made) == 1


messages = st.text("abcdefgh ", max_size=30).map(lambda text: " ".join(text.split()))
faults = st.tuples(
    st.sampled_from(["syntax", "lint", "tests"]), st.sampled_from([None, "F401", "a", "b"]),
    st.sampled_from([None, "a", "b", "a/b"]), messages,
)  # fmt: skip


@settings(deadline=None)
@given(faults, faults)
def test_another_check_rule_file_or_message_is_another_fault(
    one: tuple[str, str | None, str | None, str], other: tuple[str, str | None, str | None, str]
) -> None:
    assert (signature(*one) == signature(*other)) == (one == other)


def test_values_in_a_message_count() -> None:
    """`assert 1205 == 1250` and `assert 1205 == 1200` are two faults: a repair that changed one into the other did
    something."""
    assert len({signature("tests", "r", None, f"assert 1205 == {value}") for value in (1250, 1200, 12.5)}) == 3


def test_it_names_its_check_and_stays_as_it_is() -> None:
    """Recorded signatures are compared with those of later versions of Slipway."""
    assert signature("lint", "F401", "a.py", "`os` imported but unused") == "lint:32ab5242685a69e0"
