"""An edit is made at the place that is meant or not at all: one at a wrong place breaks what worked, unseen."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from slipway.state.text import quoted
from slipway.tools import ToolRefusal
from slipway.tools.edits import Edited, Replacement, apply
from slipway.tools.places import plain


def edit(text: str, *edits: tuple[str, str]) -> Edited:
    return apply("a.py", text, [Replacement(old, new) for old, new in edits])


def refused(text: str, *edits: tuple[str, str]) -> str:
    with pytest.raises(ToolRefusal) as caught:
        edit(text, *edits)
    return str(caught.value)


TYPED = "typographic or invisible characters"
CASES = {
    "exact": ("a = 1\nb = 2\n", "b = 2", "b = 3", "a = 1\nb = 3\n", ""),
    "within a line": ("print(a, b)\n", "a, b", "b", "print(b)\n", ""),
    "LF for CRLF": ("a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz", "x\r\ny\r\nz\r\nc\r\n", ""),
    "CRLF for LF": ("a\nb\nc\n", "a\r\nb", "x\r\ny", "x\ny\nc\n", ""),
    "new lines get the file's ends": ("a\r\nb\r\n", "b", "x\ny", "a\r\nx\r\ny\r\n", ""),
    "mixed ends": ("a\r\nb\nc\n", "a\nb\n", "a\nx\n", "a\r\nx\nc\n", TYPED),
    "spaces at ends": ("a  \nb\t\nc\n", "a\nb\nc", "a\nx\nc", "a  \nx\nc\n", "spaces at the ends of lines"),
    "too little indentation": (
        "class A:\n    def f(self):\n        return 1\n",
        "def f(self):\n    return 1",
        "def f(self):\n\n    if x:\n        return 2",
        "class A:\n    def f(self):\n\n        if x:\n            return 2\n",
        "indentation",
    ),
    "too much indentation": ("if a:\n  b\n  c\n", "    b\n    c\n", "    b\n", "if a:\n  b\n", "indentation"),
    "tabs": ("if a:\n\tb\n\tc\n", "b\nc", "b\nd", "if a:\n\tb\n\td\n", "indentation"),
    "typographic quotes": ("x(\u201cit\u2019s\u201d)\n", "(\"it's\")", "('a')", "x('a')\n", TYPED),
    "spaces of other kinds": ("a\u00a0= 1\n", "a = 1", "a = 2", "a\u00a0= 2\n", TYPED),
    "invisible characters": ("pass\u200bword = 1\n", "password = 1", "password = 2", "pass\u200bword = 2\n", TYPED),
    "escaped newlines": ("a\n\tb('x')\nc\n", "a\\n\\tb('x')", "a\\n\\tb(\\\"y\\\")", "a\n\tb(\"y\")\nc\n", "escapes"),
    "escapes that are meant": ("print('a\\nb')\n", "'a\\nb'", "'a\\nc'", "print('a\\nc')\n", ""),
    "the last line": ("a\nb", "  b\n", "  c\n", "a\nc", "indentation"),
    "lines go": ("a\nb \nc\n", "b\n", "", "a\nc\n", "spaces at the ends of lines"),
    "to nothing": ("a", "a", "", "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "made", "but_for"), CASES.values(), ids=CASES)
def test_the_ways_in_which_models_miss(text: str, old: str, new: str, made: str, but_for: str) -> None:
    edited = edit(text, (old, new))
    assert edited.text == made
    assert [remark.partition("but for ")[2] for remark in edited.remarks] == ([but_for] if but_for else [])


def test_why_an_edit_is_refused() -> None:
    """Each reason says what to do next; a model that is told `failed` tries the same again."""
    text = "def f(a):\n    return  a\n\n\ndef g(a):\n    return  a\n"
    assert refused(text, ("return  a", "return b")) == (
        "`old` occurs 2 times in a.py, not once (lines 2, 6); give more lines around it"
    )
    assert refused(text, ("      return  a", "      return b")) == (
        "`old` does not occur in a.py, and 2 places are like it but for indentation (lines 2, 6); copy the one that "
        "you mean exactly, with more lines around it"
    )
    assert refused(text, ("a", "a")) == "`old` and `new` are equal: nothing would change"
    assert refused(text, ("nothing like it here", "x")) == (
        "`old` does not occur in a.py, nor anything like it; read the file and copy the text exactly"
    )
    assert refused(" \n", ("a", "b")) == "`old` does not occur in a.py, which is empty; use write_file"
    difference = quoted("a.py", "- '    return b'\n+ 6: '    return  a'")
    assert refused(text, ("def g(a):\n    return b\n", "x")) == (
        "`old` does not occur in a.py. The nearest are lines 5 to 6; `-` is what `old` says, `+` what the file says:\n"
        f"{difference}\nCopy the text exactly; where it has changed, read the file again"
    )


def test_lines_that_cannot_be_moved_likewise_are_refused() -> None:
    """`old` was indented by four too much; what stands at the margin of `new` has nothing to lose."""
    assert refused("a\nb\n", ("    a\n    b", "    a\nc")).startswith("`old` does not occur in a.py. The nearest")


def test_an_edit_among_several_sees_those_before_it() -> None:
    assert edit("a\nb\n", ("a", "x"), ("x\nb", "y")) == Edited("y\n")
    assert refused("a\nb\n", ("a", "x"), ("a", "y")) == (
        "edit 2 of 2: `old` does not occur in a.py, nor anything like it; read the file and copy the text exactly\n"
        "None of the edits was made."
    )


# --- a random file, a random edit, written a little wrong -------------------------------------------------------------


class Wrong(NamedTuple):
    """A way to write `old` and `new` a little wrong."""

    how: str
    do: Callable[[str, int], str]


def _each(change: Callable[[str], str]) -> Callable[[str, int], str]:
    return lambda text, _: "\n".join(change(line) for line in text.split("\n"))


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * (1 + by % 5) + line if line.strip() else line for line in text.split("\n"))


def _dedented(text: str, by: int) -> str:
    return "\n".join(line.removeprefix(" " * by) for line in text.split("\n"))


WRONG = (
    Wrong("not at all", lambda text, _: text),
    Wrong("CRLF", lambda text, _: text.replace("\n", "\r\n")),
    Wrong("spaces at ends", _each(lambda line: line + "  " if line else line)),
    Wrong("no spaces at ends", _each(str.rstrip)),
    Wrong("indented", _indented),
    Wrong("dedented", _dedented),
    Wrong("typographic", lambda text, _: text.translate(str.maketrans("'\" -", "\u2019\u201c\u00a0\u2013"))),
    Wrong("escaped", lambda text, _: text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")),
    Wrong("in other words", lambda text, by: text[: by % (len(text) + 1)] + "q" + text[by % (len(text) + 1) :]),
)

CODE = st.sampled_from(["x = 1", "return x", "y('a')", 'z("b - c")', "}", "", "pass", "# it\u2019s", "s = 'a\\nb'"])
LINE = st.tuples(st.integers(0, 3), CODE, st.sampled_from(["", "", "", " ", "\t"])).map(
    lambda parts: (" " * 4 * parts[0] + parts[1] + parts[2]) if parts[1] else ""
)
FILES = st.lists(LINE, min_size=1, max_size=14)
ENDS = st.sampled_from(["\n", "\n", "\r\n"])
NEW = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["new = 7", "call()", "", "k['v']"])).map(
        lambda parts: " " * 4 * parts[0] + parts[1]
    ),
    max_size=4,
)


@given(
    FILES, ENDS, st.integers(0, 13), st.integers(1, 5), NEW, st.booleans(), st.sampled_from(WRONG), st.integers(0, 30)
)
@example(["x = 1", "    x = 1 "], "\n", 1, 1, ["new = 7"], False, WRONG[3], 0)
def test_the_right_place_or_none(
    lines: Sequence[str], ending: str, first: int, count: int, new: list[str], closed: bool, wrong: Wrong, by: int
) -> None:
    """Whole lines are meant; `old` and `new` are written wrong in the same way. What is exact somewhere is meant."""
    first %= len(lines)
    meant = lines[first : first + count]
    assume(any(line.strip() for line in meant) and new != meant)
    text = ending.join(lines) + ending
    by = min(by, *(len(line) - len(line.lstrip()) for line in [*meant, *new] if line.strip()))
    old = wrong.do("\n".join(meant) + "\n" * closed, by)
    instead = wrong.do("\n".join(new) + "\n" * (closed and bool(new)), by)
    assume(old and old != instead and (new or closed))
    assume(wrong.how != "escaped" or old != "\n".join(meant))  # nothing shows that `new` alone is escaped
    right = ending.join([*lines[:first], *new, *lines[first + count :]]) + ending
    exact = old.replace("\r\n", "\n").replace("\n", ending)
    assume(text.count(exact) != 1 or exact == ending.join(meant) + ending * closed)
    try:
        edited = apply("a.py", text, [Replacement(old, instead)])
    except ToolRefusal:
        assert wrong.how != "not at all" or _occurs(text, exact) > 1
        return
    assert _loosely(edited.text) == _loosely(right)


def _occurs(text: str, part: str) -> int:
    return sum(text.startswith(part, at) for at in range(len(text)))


def _loosely(text: str) -> list[str]:
    """What a text says, but for spaces at the ends of its lines, typography and empty lines at its end."""
    return [plain(line).rstrip() for line in text.rstrip().split("\n")]


@given(
    st.text(alphabet="ab \n'\u2019\u200b\r\t\\", max_size=30),
    st.text(alphabet="ab \n'\u2019\u200b\r\t\\", min_size=1, max_size=6),
    st.text(alphabet=string.ascii_lowercase + "\n ", max_size=6),
)
def test_whatever_is_edited_the_rest_stays(text: str, old: str, new: str) -> None:
    """Of any text and any edit: what is left and right of the place is what was there, to the byte."""
    try:
        edited = apply("a.py", text, [Replacement(old, new)])
    except ToolRefusal:
        return
    same = 0
    while same < min(len(text), len(edited.text)) and text[same] == edited.text[same]:
        same += 1
    tail = 0
    while tail < min(len(text), len(edited.text)) - same and text[-1 - tail] == edited.text[-1 - tail]:
        tail += 1
    changed = text[same : len(text) - tail]
    assert len(plain(changed).strip()) <= len(plain(old)) + len(plain(old).encode("unicode_escape"))
