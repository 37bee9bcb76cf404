"""A pattern comes from a model: it must mean what patterns mean everywhere, and must not cost more than it is long."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.sandboxes import SandboxRefusal
from slipway.sandboxes.patterns import Pattern, alternatives


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("*.py", ["a.py", ".py"], ["b/a.py", "a.pyc", "py"]),
        ("**/*.py", ["a.py", "b/c/a.py"], ["a.txt", "b.py/a"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "x/a/b"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
        ("**", ["a", "a/b"], []),
        ("**/**/b", ["b", "x/b", "x/y/b"], ["xb"]),
        ("a**b", ["ab", "axb"], ["a/b"]),
        ("?.py", ["a.py", "ä.py"], [".py", "ab.py", "/.py"]),
        ("[a-c]x", ["bx"], ["dx", "x"]),
        ("[!a-c]x", ["dx"], ["bx", "x"]),
        ("[^a]", ["b"], ["a", "/"]),
        ("[]]", ["]"], ["["]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[", ["["], ["a"]),
        ("a[", ["a["], ["a"]),
        ("./a//b", ["a/b"], ["a//b"]),
        ("a+(b|c)$", ["a+(b|c)$"], ["ab"]),
        ("Grüße.*", ["Grüße.md"], ["grüße.md"]),
    ],
)
def test_what_a_pattern_means(pattern: str, fits: list[str], does_not: list[str]) -> None:
    matches = Pattern(pattern).matches
    assert [path for path in fits + does_not if matches(path)] == fits


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("*", ["a.b"], [".a"]),
        ("?a", ["ba"], [".a"]),
        ("[.a]b", ["ab"], [".b"]),
        ("*.yml", ["a.yml"], [".yml"]),
        (".*", [".a"], ["a"]),
        ("**/*.yml", ["a.yml", "a/b.yml"], [".github/a.yml", "a/.b.yml"]),
        (".github/*", [".github/a"], [".github/.a"]),
        ("**", ["a/b"], ["a/.b/c", ".a/b"]),
    ],
)
def test_hidden_names_can_be_left_to_patterns_that_name_them(
    pattern: str, fits: list[str], does_not: list[str]
) -> None:
    matches = Pattern(pattern, hidden=False).matches
    assert [path for path in fits + does_not if matches(path)] == fits


SEGMENTS = st.sampled_from(["**", "*", "a", "?", "a*", "*b", "[ab]", "a*b", "[!a]", "*a*"])
NAMES = st.text("ab", min_size=1, max_size=4)


@given(st.lists(SEGMENTS, min_size=1, max_size=5), st.lists(NAMES, min_size=1, max_size=5))
def test_it_agrees_with_a_plain_definition(segments: list[str], names: list[str]) -> None:
    """All places at once is how it is fast; one place after the other is how it is understood."""
    assert Pattern("/".join(segments)).matches("/".join(names)) == defined(segments, names)


def defined(segments: list[str], names: list[str]) -> bool:
    if not segments:
        return not names
    if segments[0] == "**":
        if all(segment == "**" for segment in segments):
            return bool(names)
        return defined(segments[1:], names) or (bool(names) and defined(segments, names[1:]))
    return bool(names) and fnmatch.fnmatchcase(names[0], segments[0]) and defined(segments[1:], names[1:])


@pytest.mark.parametrize("pattern", ["*a" * 400 + "b", "**/" * 300 + "b", "*a" * 30 + "/**/" + "*a" * 30 + "b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    """Each of these takes a matcher that backs up longer than the universe has."""
    matches, path = Pattern(pattern).matches, "a" * 200 + "/a" * 400
    started = time.perf_counter()
    assert [matches(path) for _ in range(100)] == [False] * 100
    assert time.perf_counter() - started < 60


@pytest.mark.parametrize("pattern", ["", "a" * 1001])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        Pattern(pattern)
    assert refusal.value.code == "bad_request"


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        ("a", ["a"]),
        ("{a,b}.py", ["a.py", "b.py"]),
        ("{a,b}/{c,d}", ["a/c", "a/d", "b/c", "b/d"]),
        ("{a,{b,c}d}", ["a", "bd", "cd"]),
        ("{a}", ["{a}"]),
        ("{a,b", ["{a,b"]),
        ("a,b}", ["a,b}"]),
        ("x{,y}", ["x", "xy"]),
    ],
)
def test_alternatives_are_patterns_of_their_own(pattern: str, plain: list[str]) -> None:
    assert alternatives(pattern) == plain


def test_alternatives_do_not_explode() -> None:
    with pytest.raises(SandboxRefusal) as refusal:
        alternatives("{a,b}" * 60)
    assert refusal.value.code == "bad_request"
