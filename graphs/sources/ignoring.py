"""The rules of `.gitignore` files, as gitignore(5) says, asked of one entry of a folder at a time.

Matching goes back to the last wildcard only, which is enough for globs: no rule can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Character = Callable[[str], bool]
"""Whether a character is one that stands at this place of a rule."""
Segment = tuple[Character | None, ...] | None
"""What stands between two slashes; None in it is any number of characters, None instead of it any number of folders."""

_CLASSES = {
    "alpha": "azAZ", "digit": "09", "alnum": "azAZ09", "upper": "AZ", "lower": "az", "xdigit": "09afAF",
    "space": "  \t\r", "blank": "  \t\t", "punct": "!/:@[`{~", "cntrl": "\0\x1f\x7f\x7f", "print": " ~", "graph": "!~",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One line."""

    segments: tuple[Segment, ...]
    keeps: bool
    """It begins with an exclamation mark."""
    folders_only: bool
    by_name: bool
    """It has no slash, and so is about the name alone."""

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Whether this is about `path`, relative to the folder of the rule."""
        if self.folders_only and not is_folder:
            return False
        names = path.rsplit("/", 1)[-1:] if self.by_name else path.split("/")
        return _glob(self.segments, names, _is_any, _segment_matches)


class Rules:
    """The ignore rules that hold in a folder: of its own `.gitignore` and of those above it."""

    def __init__(self, layers: tuple[tuple[str, tuple[Rule, ...]], ...] = ()) -> None:
        self._layers = layers

    def within(self, folder: str, text: bytes) -> Rules:
        """These and those that `text` adds for `folder`, which is empty or ends with a slash."""
        lines = text.decode("utf-8", "surrogateescape").split("\n")
        found = tuple(rule for line in lines if (rule := _rule(line.removesuffix("\r"))))
        return Rules((*self._layers, (folder, found)))

    def exclude(self, path: str, *, is_folder: bool) -> bool:
        """Whether `path`, in a folder that is not excluded itself, is: the last rule that matches it decides."""
        for folder, rules in reversed(self._layers):
            name = path[len(folder) :]
            for rule in reversed(rules):
                if rule.matches(name, is_folder=is_folder):
                    return not rule.keeps
        return False


def _rule(line: str) -> Rule | None:
    line = _without_trailing_spaces(line)
    keeps = line.startswith("!")
    pattern = line[keeps:]
    folders_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    if not pattern or line.startswith("#"):
        return None
    by_name = "/" not in pattern
    pattern = re.sub(r"\\(.)", lambda pair: "/" if pair[1] == "/" else pair[0], pattern)
    try:
        segments = tuple(_segment(text) for text in pattern.removeprefix("/").split("/"))
    except ValueError:
        return None  # it matches nothing
    if segments[-1] is None and not by_name:
        segments = (*segments, (None,))  # `a/**` is all that is in it, not `a`
    return Rule(segments, keeps, folders_only, by_name)


def _without_trailing_spaces(line: str) -> str:
    kept = line.rstrip(" ")
    escaped = (len(kept) - len(kept.rstrip("\\"))) % 2
    return f"{kept} " if escaped and len(kept) < len(line) else kept


def _segment(text: str) -> Segment:
    """What `text`, without a slash, stands for. ValueError where that is nothing."""
    return None if text == "**" else tuple(_characters(text))


def _characters(text: str) -> Iterator[Character | None]:
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "*":
            yield None
        elif character == "?":
            yield lambda _: True
        elif character == "[":
            known, at = _class(text, at)
            yield known
        elif character == "\\":
            yield text[at : at + 1].__eq__ if at < len(text) else _nothing()
            at += 1
        else:
            yield character.__eq__


def _nothing() -> Character:
    raise ValueError("a backslash at the end")


def _class(text: str, at: int) -> tuple[Character, int]:
    """The characters of a bracket expression that begins at `at`, and where it ends."""
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    first = at
    while text[at : at + 1] != "]" or at == first:
        if text.startswith("[:", at) and (end := text.find(":]", at)) > 0:
            letters = _CLASSES.get(text[at + 2 : end], "")
            ranges += zip(letters[::2], letters[1::2], strict=True)
            at = end + 2
            continue
        low, at = _one(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _one(text, at + 1)
        ranges.append((low, high))
    return (lambda c: any(low <= c <= high for low, high in ranges) != negated), at + 1


def _one(text: str, at: int) -> tuple[str, int]:
    at += text[at : at + 1] == "\\"
    if at >= len(text):
        raise ValueError("a bracket that is not closed")
    return text[at], at + 1


def _segment_matches(segment: Segment, name: str) -> bool:
    return segment is not None and _glob(segment, name, _is_any, lambda known, c: known is not None and known(c))


def _is_any(part: object) -> bool:
    return part is None


def _glob(
    pattern: Sequence[T], items: Sequence[str], is_any: Callable[[T], bool], one: Callable[[T, str], bool]
) -> bool:
    """Whether `items` are what `pattern` says, in which some parts stand for any number of them."""
    at = place = 0
    star, retry = -1, 0
    while place < len(items):
        if at < len(pattern) and is_any(pattern[at]):
            star, retry = at, place
            at += 1
        elif at < len(pattern) and one(pattern[at], items[place]):
            at += 1
            place += 1
        elif star >= 0:
            retry += 1
            at, place = star + 1, retry
        else:
            return False
    return all(is_any(part) for part in pattern[at:])
