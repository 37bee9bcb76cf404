"""The tools of a request, told apart by the shapes of their schemas alone: names do not matter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import JsonValue

from ..endpoints import PastCall, Tool, ToolCall

_COMMAND = re.compile(r"^(command|cmd|script|bash|shell|code)$", re.IGNORECASE)
_PATH = re.compile(r"path|^file$|filename", re.IGNORECASE)
_CONTENT = re.compile(r"content|^text$|file_text|body", re.IGNORECASE)
_OLD = re.compile(r"old|search|find|before", re.IGNORECASE)
_NEW = re.compile(r"new|replace|after", re.IGNORECASE)
_CHECKS = re.compile(r"\b(checks?|tests?)\b", re.IGNORECASE)
_LISTS = re.compile(r"\b(list|lists)\b", re.IGNORECASE)
_READS = re.compile(r"\b(reads?|shows?|views?)\b", re.IGNORECASE)
_ALL = 2000
"""Lines of a file, for tools that show it in parts."""
_HERE = "END_OF_TEXT"
"""Ends a text that stands in a command."""
_INTO = "cat > "
_ABSOLUTE = re.compile(r"\babsolute\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Shaped:
    """A tool, with the names of those of its arguments that matter."""

    tool: Tool
    path: str = ""
    text: str = ""
    old: str = ""
    new: str = ""
    more: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Arguments that are always given."""

    def call(self, **values: str) -> ToolCall:
        return ToolCall(
            name=self.tool.name, arguments={getattr(self, part): value for part, value in values.items()} | self.more
        )

    def at(self, path: str) -> str:
        """A path of the project as this tool wants it."""
        about = f"{self.tool.description} {json.dumps(self.tool.parameters.get('properties', {}).get(self.path))}"
        return f"/{path}" if _ABSOLUTE.search(about) else path


class Toolkit:
    """What can be done with the tools that are offered."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self.tools = tuple(tools)
        self._shell = self._check = self._list = self._write = self._edit = self._read = None
        for tool in self.tools:
            self._sort(tool)

    def _sort(self, tool: Tool) -> None:
        properties = cast("dict[str, Any]", tool.parameters.get("properties", {}))
        path, text, old, new, command = (_named(properties, kind) for kind in (_PATH, _CONTENT, _OLD, _NEW, _COMMAND))
        needed = set(cast("list[str]", tool.parameters.get("required", ())))
        if command and needed <= {command}:
            self._shell = self._shell or _Shaped(tool, text=command)
        elif path and old and new:
            self._edit = self._edit or _Shaped(tool, path, old=old, new=new)
        elif path and text:
            self._write = self._write or _Shaped(tool, path, text)
        elif not properties and _CHECKS.search(tool.description):
            self._check = self._check or _Shaped(tool)
        elif path and needed <= {path}:
            self._sort_by_words(tool, path)

    @property
    def changes(self) -> bool:
        """Whether a file can be changed."""
        return any((self._shell, self._write, self._edit))

    def _sort_by_words(self, tool: Tool, path: str) -> None:
        """A tool that takes a path alone: only its description says what it does with it."""
        says = tool.description.partition(".")[0]
        if _LISTS.search(says):
            self._list = self._list or _Shaped(tool, path)
        elif _READS.search(says):
            pages: dict[str, JsonValue] = {name: _ALL for name in tool.parameters["properties"] if name == "limit"}
            self._read = self._read or _Shaped(tool, path, more=pages)

    def is_change(self, call: PastCall, path: str = "") -> bool:
        """Whether a call, if it was one of these tools, changed a file, or wrote the one at `path`."""
        for one in (self._write, self._edit):
            if one and one.tool.name == call.name:
                return not path or json.dumps(one.at(path)) in call.arguments
        mark = f"{_INTO}{path} <<" if path else _HERE
        return self._shell is not None and self._shell.tool.name == call.name and mark in call.arguments

    def run(self, command: str) -> ToolCall | None:
        """A command."""
        return self._shell.call(text=command) if self._shell else None

    def check(self) -> ToolCall | None:
        """Have it checked, by a tool for that, or else by running its tests."""
        if self._check:
            return self._check.call()
        return self.run("python -m pytest -q --tb=short 2>&1 | tail -n 80")

    def list(self) -> ToolCall | None:
        """The files there are."""
        if self._list:
            return self._list.call(path=self._list.at("") or ".")
        return self.run("find . -type f -not -path '*/.*' -not -name '*.pyc' | sort")

    def read(self, paths: Sequence[str]) -> ToolCall | None:
        """One file; by a shell, all of them."""
        if self._read:
            return self._read.call(path=self._read.at(paths[0]))
        return self.run("\n".join(f"echo '== {path}'; cat {path}" for path in paths))

    def write(self, path: str, text: str) -> ToolCall | None:
        """A file as a whole."""
        if self._write:
            return self._write.call(path=self._write.at(path), text=text)
        folder = path.rpartition("/")[0]
        made = f"mkdir -p {folder}\n" if folder else ""
        return self.run(f"{made}{_INTO}{path} <<'{_HERE}'\n{text.rstrip()}\n{_HERE}")

    def edit(self, path: str, old: str, new: str) -> ToolCall | None:
        """`old`, which the file has once, replaced."""
        if self._edit:
            return self._edit.call(path=self._edit.at(path), old=old, new=new)
        return self.run(
            f"cat > /tmp/old-$$.txt <<'{_HERE}'\n{old}{_HERE}\ncat > /tmp/new-$$.txt <<'{_HERE}'\n{new}{_HERE}\n"
            f'python3 -c "import sys; p, o, n = sys.argv[1:]; s = open(p).read(); '
            f"open(p, 'w').write(s.replace(open(o).read(), open(n).read(), 1))\" {path} /tmp/old-$$.txt /tmp/new-$$.txt"
        )


def _named(properties: Mapping[str, Any], kind: re.Pattern[str]) -> str:
    return next((name for name in properties if kind.search(name)), "")
