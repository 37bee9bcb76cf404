"""A prompt as the simulated developer reads it: lines of code wherever they stand, and running text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from ..endpoints import Message

_NUMBERED = re.compile(r"^\s*\d+\s*[\t|:→]\s?")
_ESCAPED = re.compile(r'\\(n|t|"|\\|u[0-9a-fA-F]{4})')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_PATCH = re.compile(r"@@ -\d")
_MANY = 3
"""Escaped ends of lines from which a line is taken for a JSON text of many."""
_BEFORE = re.compile(r"old|search|find|before", re.IGNORECASE)
"""Names of arguments that say what stands there no more."""


@dataclass(frozen=True)
class Line:
    """A line that says something, without indentation and number, and the message that it stands in."""

    text: str
    message: int
    patch: bool = False
    """It is of a patch, which tells what was changed; what stands there now is told by a listing beside it."""


class Prompt:
    """All that a request says, oldest first."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = tuple(messages)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line that is not blank."""
        return tuple(
            Line(line, number, patch)
            for number, message in enumerate(self.messages)
            for line, patch in _lines(_whole(message))
        )

    @cached_property
    def words(self) -> str:
        """All of it, with single spaces."""
        return " ".join(running(_whole(message)) for message in self.messages)

    @cached_property
    def _at(self) -> dict[str, list[int]]:
        at: dict[str, list[int]] = {}
        for place, line in enumerate(self.lines):
            at.setdefault(line.text, []).append(place)
        return at

    def text(self, number: int) -> str:
        """A message in lines as they are compared."""
        return "\n".join(self._by_message.get(number, ()))

    @cached_property
    def _by_message(self) -> dict[int, list[str]]:
        texts: dict[int, list[str]] = {}
        for line in self.lines:
            texts.setdefault(line.message, []).append(line.text)
        return texts

    def has(self, line: str) -> bool:
        """Whether a line stands anywhere."""
        return line in self._at

    def places(self, window: Sequence[str]) -> list[int]:
        """Where these lines stand, one after the other: the places of their first."""
        wanted = tuple(window)
        lines = self.lines
        return [
            place
            for place in self._at.get(wanted[0], ())
            if tuple(line.text for line in lines[place : place + len(wanted)]) == wanted
        ]


def instructs(message: Message) -> bool:
    """Whether it says what is to be done: it comes from whoever asks."""
    return message.role in ("system", "developer", "user")


def plain(text: str) -> list[str]:
    """The lines of `text` in the form in which they are compared."""
    return [line for line in (_NUMBERED.sub("", line).strip() for line in text.splitlines()) if line]


def running(text: str) -> str:
    """`text` with single spaces, and without marks of quotation that JSON needs."""
    return " ".join(text.replace('\\"', '"').split())


def _whole(message: Message) -> str:
    said = _said_in(message.text) if message.text.startswith("{") else [message.text]
    return "\n".join([*said, *(text for call in message.tool_calls for text in _said_in(call.arguments))])


def _said_in(text: str) -> Iterator[str]:
    """The texts in a JSON value; what is no JSON is a text itself."""
    try:
        yield from _texts(json.loads(text))
    except ValueError:
        yield text


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value; what stood there before comes before what is to stand there."""
    match value:
        case str():
            yield value
        case list():
            for each in cast("list[Any]", value):
                yield from _texts(each)
        case dict():
            fields = cast("dict[str, Any]", value)
            for key in sorted(fields, key=lambda key: not _BEFORE.search(key)):
                yield from _texts(fields[key])
        case _:
            pass


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1]) or chr(int(found[1][1:], 16))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of `text` in the form in which they are compared, and whether they are of a patch."""
    patching = False
    for line in text.splitlines():
        if line.count("\\n") >= _MANY:
            yield from _lines(_ESCAPED.sub(_unescaped, line))
            continue
        if _PATCH.match(line):
            patching = True
            continue
        patching = patching and line[:1] in (" ", "+", "-", "\\")
        if patching:
            if line[0] in "-\\":
                continue
            line = line[1:]
        yield from ((each, patching) for each in plain(line))
