"""Edits of a text as a model writes them: found where only one place can be meant, else refused with exactly why."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..sandboxes.nearest import likest
from ..state.text import quoted
from .base import ToolRefusal
from .placeholders import left_out
from .places import Place, places, plain

_NAMED = 10
"""Lines that are named of those at which a text was found."""
_COMPARED = 60
"""Lines of `old` that are compared with the nearest of the file."""
_VOTES = 50
"""Lines of a file that count as the same one."""
_WIDTH = 200


@dataclass(frozen=True)
class Replacement:
    """What to replace, and by what."""

    old: str
    new: str


@dataclass(frozen=True)
class Edited:
    """A text after its edits."""

    text: str
    remarks: tuple[str, ...] = ()
    """Where `old` was not what stood there, what differed."""


def apply(path: str, text: str, edits: Sequence[Replacement]) -> Edited:
    """All of `edits`, one after the other, or none: ToolRefusal says which cannot be made, and why."""
    remarks: list[str] = []
    for number, edit in enumerate(edits, 1):
        try:
            place = _place(path, text, edit)
        except ToolRefusal as refusal:
            if len(edits) == 1:
                raise
            raise ToolRefusal(f"edit {number} of {len(edits)}: {refusal}\nNone of the edits was made.") from refusal
        text = place.put(text)
        if place.but_for:
            remarks.append(f"at line {place.line} `old` fitted but for {place.but_for}")
    return Edited(text, tuple(remarks))


def refuse_gaps(what: str, text: str, known: str) -> None:
    """ToolRefusal where `text` has a line that stands for code which was left out, and which `known` has not."""
    if gap := left_out(text):
        gap = left_out(text, frozenset(known.splitlines()))
    if gap:
        number, line = gap
        raise ToolRefusal(
            f"line {number} of {what} stands for code that was left out: {line!r}; nothing fills it in. Write all of "
            "it, or change only the lines that change with edit_file"
        )


def _place(path: str, text: str, edit: Replacement) -> Place:
    if edit.old == edit.new:
        raise ToolRefusal("`old` and `new` are equal: nothing would change")
    refuse_gaps("`new`", edit.new, text)
    match places(text, edit.old, edit.new):
        case []:
            raise ToolRefusal(_missing(path, text, edit.old))
        case [place]:
            return place
        case several:
            raise ToolRefusal(_ambiguous(path, several))


def _ambiguous(path: str, found: Sequence[Place]) -> str:
    named = ", ".join(str(place.line) for place in found[:_NAMED])
    more = ", ..." if len(found) > _NAMED else ""
    if not found[0].but_for:
        return f"`old` occurs {len(found)} times in {path}, not once (lines {named}{more}); give more lines around it"
    return (
        f"`old` does not occur in {path}, and {len(found)} places are like it but for {found[0].but_for} "
        f"(lines {named}{more}); copy the one that you mean exactly, with more lines around it"
    )


def _missing(path: str, text: str, old: str) -> str:
    if not text.strip():
        return f"`old` does not occur in {path}, which is empty; use write_file"
    lines, wanted = text.split("\n"), old.strip("\n").split("\n")[:_COMPARED]
    start = _nearest(text, lines, wanted)
    if start is None:
        return f"`old` does not occur in {path}, nor anything like it; read the file and copy the text exactly"
    there = lines[start : start + len(wanted)]
    difference = quoted(path, "\n".join(_difference(wanted, there, start)))
    return (
        f"`old` does not occur in {path}. The nearest are lines {start + 1} to {start + len(there)}; `-` is what `old` "
        f"says, `+` what the file says:\n{difference}\nCopy the text exactly; where it has changed, read the file again"
    )


def _nearest(text: str, lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where the lines begin that have most in common with those `wanted`."""
    at: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        at.setdefault(plain(line).strip(), []).append(number)
    votes: Counter[int] = Counter()
    for number, line in enumerate(wanted):
        body = plain(line).strip()
        if any(map(str.isalnum, body)):
            votes.update(max(there - number, 0) for there in at.get(body, [])[:_VOTES])
    if votes:
        return min(votes, key=lambda start: (-votes[start], start))
    first = next((number for number, line in enumerate(wanted) if line.strip()), 0)
    alike = likest("\n".join(lines), "\n".join(wanted))
    return max(alike[0][0] - 1 - first, 0) if alike else None


def _difference(wanted: Sequence[str], there: Sequence[str], start: int) -> list[str]:
    told: list[str] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, wanted, there, autojunk=False).get_opcodes():
        if kind != "equal":
            told += [f"- {line[:_WIDTH]!r}" for line in wanted[i:j]]
            told += [f"+ {start + number + 1}: {there[number][:_WIDTH]!r}" for number in range(k, m)]
    return told
