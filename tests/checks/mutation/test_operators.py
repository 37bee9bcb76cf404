"""A mutant is one small fault in a program that still runs: more than that would prove less."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.mutation.operators import Mutant, Source, mutants


def edits(text: str) -> list[tuple[str, str, str]]:
    return [(mutant.operator, mutant.before, mutant.after) for mutant in mutants(text.encode())]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < b", [("comparison", "<", "<=")]),
        ("a <= (b)", [("comparison", "<=", "<")]),
        ("(a) > b", [("comparison", ">", ">=")]),
        ("a == b != c", [("comparison", "==", "!="), ("comparison", "!=", "==")]),
        ("a not  in b", [("comparison", "not  in", "in")]),
        ("a is not b", [("comparison", "is not", "is")]),
        ("a in b", [("comparison", "in", "not in")]),
        ("x = 1", [("constant", "1", "2")]),
        ("x = 3", [("constant", "3", "2"), ("constant", "3", "4")]),
        ("x = 0.5", [("constant", "0.5", "1.5")]),
        ("x = True", [("constant", "True", "False")]),
        ("a + b", [("arithmetic", "+", "-")]),
        ("a // b", [("arithmetic", "//", "*")]),
        ("a ** b", [("arithmetic", "**", "*")]),
        ("a -= b", [("arithmetic", "-=", "+=")]),
        ("a and b", [("boolean", "and", "or")]),
        ("x = not a", [("condition", "not a", "bool(a)")]),
        ("if a:\n    b", [("condition", "a", "not (a)")]),
        ("while not a:\n    b", [("condition", "not a", "bool(a)")]),
        ("x = a if b else c", [("condition", "b", "not (b)")]),
        ("def f():\n    return a", [("return", "a", "None")]),
        ("def f():\n    return None", []),
        ("f(a)", [("call", "f(a)", "pass")]),
        ("def f():\n    raise E('no')", [("raise", "raise E('no')", "pass")]),
        ("def f(a=True, *, b=None):\n    f", [("default", "True", "False")]),
        ("x = 'a'", [("string", "'a'", '""')]),
        ("x = b'a'", [("string", "b'a'", 'b""')]),
        ("for a in b:\n    break", [("loop", "break", "continue")]),
        ("x = (\n    a\n    +\n    b\n)", [("arithmetic", "+", "-")]),
        ("é = 'ü' + a", [("string", "'ü'", '""'), ("arithmetic", "+", "-")]),
    ],
)
def test_every_operator_makes_the_smallest_edit(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert edits(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "'''documentation'''",
        "def f():\n    '''documentation'''",
        "def f(x: Literal['a', 'b']) -> 'A': f",
        "x: Annotated[int, 'm'] = y",
        "__all__ = ['a']",
        "class A:\n    __slots__ = ('a',)",
        "@cache(maxsize=128)\ndef f(): f",
        "logging.info('text', 1)",
        "self.logger.debug('%s', 1)",
        "if __name__ == '__main__':\n    main(1)",
        "if TYPE_CHECKING:\n    X = 1",
        "def __repr__(self):\n    return 'a'",
        "T = TypeVar('T', bound='A')",
        "x = f'a{b}c{d:>10}'",
        "import a",
        "a  # one\n",
        "def f(:",
        "x = (a # and\n and b)",
    ],
)
def test_what_no_test_could_see_is_left_alone(text: str) -> None:
    assert edits(text) == []


def test_the_text_of_errors_and_of_help_is_left_alone() -> None:
    assert edits("p.add(a, help='text', timeout=3)") == [("call", "p.add(a, help='text', timeout=3)", "pass")]
    assert edits("raise E('text')") == [("raise", "raise E('text')", "pass")]


def test_a_mutant_knows_where_it_is() -> None:
    """Which tests can notice it is known by its line; the sample is spread over functions."""
    text = "class A:\n    n = f\n\n    def g(self, x=1):\n        if x:\n            return x\n"
    assert mutants(text.encode()) == [
        Mutant("default", "A.g", 4, 38, 39, "1", "2", True),
        Mutant("condition", "A.g", 5, 53, 54, "x", "not (x)", False),
        Mutant("return", "A.g", 6, 75, 76, "x", "None", False),
    ]


PIECES = st.sampled_from([
    "x = a < b", "if a and not b:\n    c()", "def f(a=1):\n    return a + 2", "for i in 'abc':\n    continue",
    "class A:\n    x = 1\n    def g(self): return self.x == 2", "try:\n    f()\nexcept E:\n    raise",
    "x = '''é\nb'''", "x = [i for i in y if i > 3]",
    "with a as b: f(1); g(2)", "async def h():\n    await f(b'x')", "match a:\n    case 1: f()", "x = lambda y: y - 1",
])  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_each_edit_parses_and_changes_what_it_says(pieces: list[str], end: str) -> None:
    data = ("\n".join(pieces) + "\n").replace("\n", end).encode()
    source, usual = Source(data), ast.dump(ast.parse(data))
    for mutant in mutants(data):
        assert data[mutant.start : mutant.end].decode() == mutant.before
        assert ast.dump(ast.parse(source.edited(mutant))) != usual
        assert source.line(mutant.start) == mutant.line
