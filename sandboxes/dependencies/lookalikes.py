"""Names that are nearly those of packages that many use: what a model misremembers, and what an attacker registers."""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .base import Ecosystem

_SHORT = 5
"""Names with fewer letters have too many neighbours that are meant as they stand."""
_COMPARED = 3000
"""The first names of a list, which others are compared with; a typo of a rarer one is hardly ever an attack."""
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))


@dataclass(frozen=True)
class Lookalike:
    """The popular package that a name is close to, and how."""

    popular: str
    how: str


def find_lookalike(ecosystem: Ecosystem, name: str) -> Lookalike | None:
    """The popular package that `name`, as its ecosystem normalises it, may be taken for; None for a popular one."""
    known = popular_names(ecosystem)
    return None if name in known.names else known.near(name)


@functools.cache
def popular_names(ecosystem: Ecosystem) -> Popular:
    """The checked-in list of an ecosystem's most downloaded packages."""
    text = importlib.resources.files(__package__ or "").joinpath("popular", f"{ecosystem}.txt").read_text("utf-8")
    return Popular(line for line in text.splitlines() if line and not line.startswith("#"))


class Popular:
    """Popular names, indexed by what a lookalike has in common with them."""

    def __init__(self, names: Iterable[str]) -> None:
        known = list(dict.fromkeys(names))
        self.names = frozenset(known)
        ranked = known[:_COMPARED]
        self._joined = _index(ranked, _joined)
        self._words = _index((name for name in ranked if len(_words(name)) > 1), _sorted_words)
        self._drawn = _index(ranked, _drawn)
        long = [name for name in ranked if len(_joined(name)) >= _SHORT]
        self._cut: dict[str, str] = {}
        for name in reversed(long):
            self._cut.update(dict.fromkeys(_cuts(name), name))
        self._scopes = frozenset(name.partition("/")[0] for name in known if name.startswith("@"))

    def near(self, name: str) -> Lookalike | None:
        """What `name`, itself not popular, is close to."""
        if popular := self._joined.get(_joined(name)):
            return Lookalike(popular, "it differs only in its separators")
        if (popular := self._words.get(_sorted_words(name))) and len(_words(name)) > 1:
            return Lookalike(popular, "it has the same words in another order")
        if popular := self._drawn.get(_drawn(name)):
            return Lookalike(popular, "it looks the same")
        return self._typo(name) or self._near_scope(name)

    def _typo(self, name: str) -> Lookalike | None:
        found = {self._cut[cut] for cut in _cuts(name) if cut in self._cut}
        if near := sorted(popular for popular in found if is_typo(name, popular) and not _is_numbered(name, popular)):
            return Lookalike(near[0], "it is one letter away")
        return None

    def _near_scope(self, name: str) -> Lookalike | None:
        scope, slash, rest = name.partition("/")
        if not slash or scope in self._scopes:
            return None
        near = sorted(known for known in self._scopes if len(known) > _SHORT and is_typo(scope, known))
        return Lookalike(f"{near[0]}/{rest}", "its scope is one letter away") if near else None


def is_typo(one: str, other: str) -> bool:
    """Whether a letter more, less, changed or swapped with its neighbour makes one the other (Damerau, 1964)."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _is_numbered(one: str, other: str) -> bool:
    """Whether two names of one length differ in a digit only, as `tool-cu11` and `tool-cu12` do."""
    apart = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return len(one) == len(other) and len(apart) == 1 and all(letter.isdigit() for letter in apart[0])


def _index(names: Iterable[str], key: Callable[[str], str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key(name), name)
    return found


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[-_./@]+", name) if word]


def _joined(name: str) -> str:
    return "".join(_words(name))


def _sorted_words(name: str) -> str:
    return "-".join(sorted(_words(name)))


def _drawn(name: str) -> str:
    for letters, letter in _ALIKE:
        name = name.replace(letters, letter)
    return name


def _cuts(name: str) -> set[str]:
    """`name`, and `name` without any one letter: two names that are one typo apart have one of these in common."""
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}
