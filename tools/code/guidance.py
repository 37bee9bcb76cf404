from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...state.text import visible

_NAMES = ("AGENTS.md", "CLAUDE.md", "SKILL.md")
_CHARACTERS = 8_000
_FILES = 20


@dataclass(frozen=True)
class Guidance:
    """What a project's own file says to agents: untrusted data, to be weighed and never obeyed against the task."""

    path: str
    text: str
    """Without hidden characters; its end is cut off where it is long, which is said."""


def guidance(files: Mapping[str, bytes], path: str = "") -> tuple[Guidance, ...]:
    """The guidance of a project for who works on `path`, the nearest first; at most 20 texts of 8,000 characters each.

    What stands in the folders above `path` comes first, from the innermost outwards, then skills of other folders. An
    empty `path` is the whole project: everything, the outermost first. A text that was there already is left out.
    """
    found: dict[str, Guidance] = {}
    for each in sorted(files, key=lambda name: _distance(name, path)):
        if len(found) < _FILES and _applies(each, path):
            text = _bounded(visible(files[each][: 8 * _CHARACTERS].decode("utf-8", "replace")).strip())
            if text:
                found.setdefault(text, Guidance(each, text))
    return tuple(found.values())


def _applies(name: str, path: str) -> bool:
    folder, _, file = name.rpartition("/")
    return file in _NAMES and (not path or file == "SKILL.md" or _is_above(folder, path))


def _distance(name: str, path: str) -> tuple[object, ...]:
    folder, _, file = name.rpartition("/")
    depth = folder.count("/") + bool(folder)
    if path and _is_above(folder, path):
        return (0, -depth, file, name)
    return (1, depth, file, name)


def _is_above(folder: str, path: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _bounded(text: str) -> str:
    if len(text) <= _CHARACTERS:
        return text
    return f"{text[:_CHARACTERS]}\n[the rest is left out]"
