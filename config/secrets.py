"""What must show nowhere: the values of secrets that this process knows, in every form in which they travel.

A secret is replaced by `MASK` in what is sent to models, in what they answer, and in what is written: events, spans,
outcomes, files of a project. Nothing here can know a secret that nobody told it, or one that was cut in pieces.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import BaseModel

MASK = "***"
SHORTEST = 8
"""Characters of a secret; what is shorter stands in ordinary texts by chance."""
_PLAIN = 16
"""Characters of a secret that is nothing but letters, or nothing but digits: shorter ones are words and numbers."""

M = TypeVar("M", bound=BaseModel)


class Secrets:
    """Secrets that are known; there may come more, and none is forgotten."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._forms: tuple[str, ...] = ()
        """In all forms, the longest first: one may hold another."""
        self._bytes: tuple[bytes, ...] = ()
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """Know one more. What cannot be told from ordinary text is left alone: see `SHORTEST`."""
        value = (value or "").strip()
        if value in self._known or not _telling(value):
            return
        self._known.add(value)
        self._forms = tuple(sorted({*self._forms, *_forms(value)}, key=lambda form: (-len(form), form)))
        self._bytes = tuple(form.encode("utf-8", "surrogateescape") for form in self._forms)

    def add_password(self, url: str | None) -> None:
        """Know the password in an address, if it has one."""
        try:
            self.add(unquote(urlsplit(url or "").password or ""))
        except ValueError:
            return  # no address: whoever uses it says so

    def noting(self, read: Callable[[str], str | None]) -> Callable[[str], str | None]:
        """`read`, a reader of secrets by name, whose every answer is known from then on."""

        def noted(name: str) -> str | None:
            value = read(name)
            self.add(value)
            return value

        return noted

    def masked(self, text: str) -> str:
        """`text` without any of them."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def masked_bytes(self, data: bytes) -> bytes:
        """`data` without any of them, as UTF-8."""
        for form in self._bytes:
            data = data.replace(form, MASK.encode())
        return data

    def masked_value(self, value: Any) -> Any:
        """`value`, of plain data, with every text in it masked, keys included."""
        match value:
            case str():
                return self.masked(value)
            case dict():
                return {self.masked_value(key): self.masked_value(item) for key, item in value.items()}
            case list():
                return [self.masked_value(item) for item in value]
            case tuple():
                return tuple(self.masked_value(item) for item in value)
            case _:
                return value

    def masked_record(self, record: M) -> M:
        """`record` with every text in it masked; itself where there is nothing to mask."""
        text = record.model_dump_json()
        return (
            record if self.masked(text) == text else type(record).model_validate(self.masked_value(record.model_dump()))
        )


def _telling(value: str) -> bool:
    plain = value.isalpha() or value.isdecimal()
    return len(value) >= (_PLAIN if plain else SHORTEST)


def _forms(value: str) -> Iterator[str]:
    yield value
    yield from (quote(value, safe=""), quote(value), quote_plus(value))
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    raw = value.encode("utf-8", "surrogateescape")
    for shift in range(3):  # where it begins within three bytes
        # What stands left and right of it decides over the first and the last character.
        first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        inner = base64.b64encode(b"\0" * shift + raw + b"\0\0").decode()[first:last]
        yield from (inner, inner.translate(str.maketrans("+/", "-_")))
