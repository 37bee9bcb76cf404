"""Names that a model misremembers are names that somebody else can register; names that are right must stay usable."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.sandboxes.dependencies import Ecosystem
from slipway.sandboxes.dependencies.lookalikes import Lookalike, find_lookalike, is_typo, popular_names

TYPO, SAME = "it is one letter away", "it looks the same"
APART, ORDER = "it differs only in its separators", "it has the same words in another order"


@pytest.mark.parametrize(
    ("ecosystem", "name", "popular", "how"),
    [
        ("python", "reqeusts", "requests", TYPO),
        ("python", "requets", "requests", TYPO),
        ("python", "requestss", "requests", TYPO),
        ("python", "nunpy", "numpy", TYPO),
        ("python", "pandsa", "pandas", TYPO),
        ("python", "urllib4x", "urllib3", None),
        ("python", "urllib", "urllib3", TYPO),
        ("python", "fast-api", "fastapi", APART),
        ("python", "pythondateutil", "python-dateutil", APART),
        ("python", "dateutil-python", "python-dateutil", ORDER),
        ("python", "nurnpy", "numpy", SAME),
        ("python", "djang0", "django", SAME),
        ("python", "panda5", "pandas", SAME),
        ("node", "expres", "express", TYPO),
        ("node", "lodahs", "lodash", TYPO),
        ("node", "lo-dash", "lodash", APART),
        ("node", "types-node", "@types/node", APART),
        ("node", "@typse/node", "@types/node", TYPO),
        ("node", "@typess/whatever-else", "@types/whatever-else", "its scope is one letter away"),
        ("node", "js-base64url", "base64url", None),
        ("python", "slipway-made-this-up", "", None),
    ],
)
def test_names_and_what_they_are_taken_for(ecosystem: Ecosystem, name: str, popular: str, how: str | None) -> None:
    assert find_lookalike(ecosystem, name) == (Lookalike(popular, how) if how else None)


@pytest.mark.parametrize("ecosystem", ["python", "node"])
def test_the_lists_are_whole_and_their_own_names_pass(ecosystem: Ecosystem) -> None:
    names = popular_names(ecosystem).names
    assert len(names) == 10_000
    assert all(name.isascii() and name == name.strip() and not name.startswith("#") for name in names)
    assert [name for name in names if find_lookalike(ecosystem, name)] == []
    known = {"python": {"requests", "numpy", "django", "flask"}, "node": {"react", "express", "vue", "preact"}}
    assert known[ecosystem] <= names


word = st.text(string.ascii_lowercase, min_size=1, max_size=12)


@given(word, st.integers(0, 12), st.sampled_from("abcxyz"))
def test_one_edit_is_a_typo_and_no_edit_is_none(name: str, place: int, letter: str) -> None:
    place = min(place, len(name) - 1)
    more = name[:place] + letter + name[place:]
    less = name[:place] + name[place + 1 :]
    changed = name[:place] + letter + name[place + 1 :]
    swapped = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    for other in (more, less, changed, swapped):
        assert is_typo(name, other) is (name != other)
        assert is_typo(other, name) is (name != other)


@given(word, word)
def test_a_typo_is_what_the_distance_of_damerau_says(one: str, other: str) -> None:
    assert is_typo(one, other) is (distance(one, other) == 1)


def distance(a: str, b: str) -> int:
    """Optimal string alignment, by the book."""
    rows = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = a[i - 1] != b[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]
