from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from pydantic import JsonValue

from ...config.task import Suite
from ..endpoints import Asked, Said
from .developer import Developer, Turn
from .options import Options, read_options


class SimulatedDeveloper:
    """The player behind an endpoint: all tiers and seeds at once, since a request's model says which is meant."""

    def __init__(self, find: Callable[[str], Suite], defaults: Options | None = None) -> None:
        """`find` gives a suite by its name; `defaults` holds where a model's name says nothing."""

        def developer(suite: str) -> Developer:
            return Developer(find(suite))

        self._developer = cache(developer)
        self._defaults = defaults

    def reply(self, asked: Asked) -> Said:
        """The next turn of whoever the request's model names."""
        options = read_options(asked.model, self._defaults)
        schema = None if asked.response_format is None else dict(asked.response_format)
        turn = self._developer(options.suite).turn(asked.messages, asked.tools, options, schema)
        return Said(content=_text(turn, fenced=schema is None), tool_calls=turn.acts, notes=_notes(turn))


def _text(turn: Turn, *, fenced: bool) -> str:
    if turn.json is None:
        return turn.text
    text = json.dumps(turn.json, ensure_ascii=False)
    return f"```json\n{text}\n```" if fenced else text


def _notes(turn: Turn) -> dict[str, JsonValue]:
    kinds: list[JsonValue] = [kind for kind, _ in turn.misses]
    about: list[JsonValue] = [about for _, about in turn.misses]
    return {"task": turn.task, "role": turn.part, "misses": kinds, "about": about}
