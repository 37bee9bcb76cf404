"""A map of a project's code within a budget of tokens: its files, and of the important ones what they define.

The idea is that of aider's repository map: files are nodes, a reference to a name is an edge to whoever defines it, and
PageRank that begins at what the task is about says what a reader of it needs to know.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...state.text import visible
from .base import Definition, Tags
from .imports import is_test
from .ranking import ranks
from .tags import read_tags

_BYTES_A_TOKEN = 4
_DEFINITIONS = 0.8
"""The part of the budget that definitions may take; the rest is for the names of the other files."""
_COMMON = 8
"""A name that more files define says nothing of any of them."""
_FLOOR = 0.05
"""How much a reader begins anywhere, beside what the task names."""
_TEST = 0.1
"""How much what a test says counts: its name is a sentence, and nobody calls it."""
_FILES = 50_000

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")

Key = tuple[str, str]
"""A file, and a name that it defines."""


def code_map(
    files: Mapping[str, bytes], *, focus: Collection[str] = (), words: Collection[str] = (), tokens: int
) -> str:
    """The files of a project with their most important definitions, in at most `tokens` (four bytes each).

    `focus`: paths that come first; `words`: what the task says, as words or as running text; files and definitions
    that it names count more. Files in other languages than Python, JavaScript and TypeScript, and those that the budget
    has no room for, are listed by path alone. The same arguments give the same text. It is made of what stands in the
    files: data, not instructions.
    """
    paths = sorted(files)[:_FILES]
    tags = read_tags({path: files[path] for path in paths}, focus)
    scores = _Scores(paths, tags, frozenset(focus), frozenset(_subwords(words)))
    page = _Page(tokens * _BYTES_A_TOKEN)
    order = scores.order()
    for path in order:
        if path in scores.focus:
            page.add_file(path)
    for path, definition in scores.definitions():
        page.add(path, definition)
    page.add_paths(order)
    return page.text(order)


def _subwords(texts: Iterable[str]) -> Iterator[str]:
    """The words in identifiers and running text, without case and plural."""
    for text in texts:
        for word in _WORD.findall(text):
            plain = word.casefold()
            if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss"):
                plain = plain[:-1]
            if len(plain) > 2:
                yield plain


class _Scores:
    """How important each file and each definition is."""

    def __init__(
        self, paths: list[str], tags: Mapping[str, Tags], focus: frozenset[str], words: frozenset[str]
    ) -> None:
        self.focus = focus & set(paths)
        self._paths = paths
        self._tags = tags
        self._said = {path: frozenset(_subwords([path])) for path in paths}
        self._weights = self._weigh(words)
        self._matches: dict[str, float] = {}
        self._named = {path: self._naming(path) for path in paths}
        self._most = max(self._named.values(), default=0.0) or 1.0
        edges = self._edges()
        self._ranks = ranks(_between_files(edges), self._personal()) if paths else {}
        self._flow = self._flows(edges)

    def _weigh(self, words: frozenset[str]) -> dict[str, float]:
        """The words that are said anywhere, by how telling they are."""
        count: dict[str, int] = defaultdict(int)
        for path in self._paths:
            names = (definition.name for definition in self._definitions(path))
            for word in words & self._said[path].union(_subwords(names)) if words else ():
                count[word] += 1
        return {word: math.log(1 + len(self._paths) / number) for word, number in count.items()}

    def _definitions(self, path: str) -> tuple[Definition, ...]:
        return self._tags[path].definitions if path in self._tags else ()

    def _match(self, text: str) -> float:
        """How much of an identifier or a path the task says; one that says much besides matches less."""
        found = self._matches.get(text)
        if found is None:
            words = list(_subwords([text]))
            told = sum(self._weights[word] for word in sorted(set(words) & self._weights.keys()))
            found = self._matches[text] = told / math.sqrt(len(words)) if words else 0.0
        return found

    def _naming(self, path: str) -> float:
        """How much the task names a file, by its path and by what it defines."""
        best = sorted((self._match(definition.name) for definition in self._definitions(path)), reverse=True)[:5]
        return (2 * self._match(path) + sum(best)) * (_TEST if is_test(path) else 1.0)

    def _personal(self) -> dict[str, float]:
        floor = _FLOOR / len(self._paths)
        return {path: floor + self._named[path] / self._most + 2 * (path in self.focus) for path in self._paths}

    def _edges(self) -> dict[str, dict[Key, float]]:
        """File -> (file, name) that it refers to -> weight."""
        definers: dict[str, set[str]] = defaultdict(set)
        for path, tags in self._tags.items():
            for definition in tags.definitions:
                definers[definition.name].add(path)
        edges: dict[str, dict[Key, float]] = {}
        for path in sorted(self._tags):
            found: dict[Key, float] = {}
            for name, count in sorted(self._tags[path].references.items()):
                there = definers.get(name)
                if there is None or path in there or len(there) > _COMMON:
                    continue
                weight = math.sqrt(count) * self._emphasis(name) / len(there)
                found.update({(other, name): weight for other in sorted(there)})
            edges[path] = found
        return edges

    def _emphasis(self, name: str) -> float:
        return (0.3 if name.startswith("_") else 1.0) * (1 + self._match(name))

    def _flows(self, edges: Mapping[str, Mapping[Key, float]]) -> dict[Key, float]:
        """How much rank each definition brings to its file."""
        flow: dict[Key, float] = defaultdict(float)
        for path, found in edges.items():
            total = sum(found.values())
            for key, weight in found.items():
                flow[key] += self._ranks[path] * weight / total
        return flow

    def order(self) -> list[str]:
        """The files, those in focus first, then the more important ones."""
        return sorted(self._paths, key=lambda path: (path not in self.focus, -self._file(path), path))

    def _file(self, path: str) -> float:
        return (self._ranks[path] + self._named[path] / self._most) * (_TEST if is_test(path) else 1.0)

    def definitions(self) -> list[tuple[str, Definition]]:
        """The definitions of all files, the more important ones first."""
        scored = [
            (self._definition(path, definition), path, definition)
            for path in self._paths
            for definition in self._definitions(path)
        ]
        scored.sort(key=lambda item: (-item[0], item[1], item[2].line, item[2].name))
        return [(path, definition) for _, path, definition in scored]

    def _definition(self, path: str, definition: Definition) -> float:
        private = definition.name.startswith("_") and not definition.name.startswith("__init__")
        named = self._match(definition.name) + sum(map(self._match, definition.within))
        own = self._file(path) * (0.02 if private else 0.1) * (1 + named)
        return self._flow.get((path, definition.name), 0.0) + own + (path in self.focus)


def _between_files(edges: Mapping[str, Mapping[Key, float]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for path, keys in edges.items():
        sums: dict[str, float] = defaultdict(float)
        for (other, _), weight in keys.items():
            sums[other] += weight
        found[path] = sums
    return found


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


class _Page:
    """What fits into a number of bytes."""

    def __init__(self, size: int) -> None:
        self._left = size - len(_more(_FILES).encode())
        self._for_paths = int(self._left * (1 - _DEFINITIONS))
        self._files: dict[str, list[_Line]] = {}

    def add_file(self, path: str) -> bool:
        """Name a file; False where there is no room."""
        return path in self._files or self._take(f"{visible(path)}:\n", path)

    def add(self, path: str, definition: Definition) -> None:
        """Show a definition, where there is room for it."""
        line = _Line(definition.line, f"{'  ' * len(definition.within)}{definition.signature}")
        header = "" if path in self._files else f"{visible(path)}:\n"
        if self._left - self._for_paths >= len(f"{header}{_shown(line)}".encode()):
            self.add_file(path)
            self._left -= len(_shown(line).encode())
            self._files[path].append(line)

    def add_paths(self, order: Iterable[str]) -> None:
        """Name files until there is no more room, the first of them surely."""
        for path in order:
            if not self.add_file(path):
                return

    def _take(self, text: str, path: str) -> bool:
        size = len(text.encode())
        if size > self._left:
            return False
        self._left -= size
        self._files[path] = []
        return True

    def text(self, order: list[str]) -> str:
        """All of it, files in `order` and definitions as they stand there."""
        parts: list[str] = []
        for path in order:
            if path in self._files:
                lines = sorted(self._files[path], key=lambda line: line.number)
                parts += [f"{visible(path)}{':' if lines else ''}\n", *map(_shown, lines)]
        left = len(order) - len(self._files)
        return "".join([*parts, _more(left)] if left and parts else parts)


def _shown(line: _Line) -> str:
    return f"{line.number:>5}  {line.text}\n"


def _more(count: int) -> str:
    return f"[{count} more files]\n"
