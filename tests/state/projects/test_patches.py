"""A patch says which lines of a file are new: faults are looked for there, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slipway.state.projects.patches import FilePatch

TEXTS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map(lambda lines: "\n".join(lines).encode())


def patch(old: bytes | None, new: bytes | None) -> FilePatch:
    return FilePatch("f", None if old is None else (old, False), None if new is None else (new, False))


def test_the_new_lines_are_numbered_as_an_editor_does() -> None:
    assert patch(b"a\nb\nc\n", b"a\nx\ny\nc\nz\n").added() == {2, 3, 5}
    assert patch(None, b"a\nb").added() == {1, 2}
    assert patch(b"a\nb", None).added() == frozenset()
    assert patch(b"a\n", b"a\n\0").added() == frozenset()


@given(TEXTS, TEXTS)
def test_without_its_new_lines_a_file_has_nothing_that_the_old_one_has_not(old: bytes, new: bytes) -> None:
    added, lines = patch(old, new).added(), new.split(b"\n")
    rest = [line for number, line in enumerate(lines, 1) if number not in added and line]
    before = iter(old.split(b"\n"))
    assert all(any(line == other for other in before) for line in rest)  # in the same order
