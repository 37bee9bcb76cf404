"""Tags of source files, read with tree-sitter: it makes a tree of anything, so a syntax error hides little.

The tree is walked once with a cursor. Queries are not used: on deeply nested input their time grows with its square.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from ...state.text import visible
from .base import Definition, ImportOf, Tags
from .lines import imports_by_line

FILE_BYTES = 256 << 10
"""A larger file is not read."""
ALL_BYTES = 16 << 20
"""So much is read of a project."""

_BROKEN = 8
"""A file with syntax errors counts so many times its size: recovery from them is slow."""
_LINE = 2000
"""A file whose lines are longer on average was written by a program."""
_DEPTH = 200
_SIGNATURE = 160

_LANGUAGES: Mapping[str, Callable[[], object]] = {
    "python": tree_sitter_python.language,
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}
_SUFFIXES = {
    ".py": "python", ".pyi": "python",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
}  # fmt: skip

_CLASSES = frozenset({
    "class_definition", "class_declaration", "abstract_class_declaration", "interface_declaration",
    "internal_module",
})  # fmt: skip
_FUNCTIONS = frozenset({
    "function_definition", "function_declaration", "generator_function_declaration", "function_signature",
    "method_definition", "method_signature", "abstract_method_signature",
})  # fmt: skip
_OTHERS = frozenset({"type_alias_declaration", "enum_declaration", "variable_declarator", "assignment"})
_BODIES = frozenset({"arrow_function", "function_expression", "lambda"})
_IDENTIFIERS = frozenset({
    "identifier", "property_identifier", "type_identifier", "shorthand_property_identifier",
})  # fmt: skip


def language_of(path: str) -> str | None:
    """The language of a file that can be read; None for others."""
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return _SUFFIXES.get(f".{suffix.lower()}") if dot else None


def read_tags(files: Mapping[str, bytes], first: Iterable[str] = ()) -> dict[str, Tags]:
    """The tags of those of `files` that can be read, by path; those in `first` before others, then by path.

    What is too large, was written by a program, or comes after `ALL_BYTES` is left out.
    """
    left, found = ALL_BYTES, dict[str, Tags]()
    for path in dict.fromkeys([*sorted(set(first) & files.keys()), *sorted(files)]):
        language, data = language_of(path), files[path]
        if language is None or len(data) > min(left, FILE_BYTES) or len(data) > _LINE * (data.count(b"\n") + 1):
            continue
        found[path], broken = tags_of(language, data)
        left -= len(data) * (_BROKEN if broken else 1)
    return found


def tags_of(language: str, data: bytes) -> tuple[Tags, bool]:
    """The tags of one file, and whether it has syntax errors."""
    root = _parser(language).parse(data).root_node
    reader = _Reader(data)
    for depth, node in _nodes(root):
        reader.see(depth, node)
    if root.has_error:
        reader.imports += imports_by_line(language, data)
    return reader.tags(), root.has_error


@functools.cache
def _parser(language: str) -> Parser:
    return Parser(Language(_LANGUAGES[language]()))


def _nodes(root: Node) -> Iterator[tuple[int, Node]]:
    """The nodes below `root`, each before those in it, without those too deep to be of interest."""
    cursor, depth = root.walk(), 0
    while True:
        if depth < _DEPTH and cursor.goto_first_child():
            depth += 1
        else:
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                depth -= 1
        if depth == 0 or cursor.node is None:
            return
        yield depth, cursor.node


@dataclass
class _Reader:
    data: bytes
    definitions: list[Definition] = field(default_factory=list[Definition])
    names: set[int] = field(default_factory=set[int])
    """Where the name of a definition begins: it is no reference."""
    references: Counter[str] = field(default_factory=Counter[str])
    imports: list[ImportOf] = field(default_factory=list[ImportOf])
    scopes: list[tuple[int, str | None]] = field(default_factory=list[tuple[int, str | None]])
    """Depth and name of what the walk is in; None is a function, whose inside is nobody else's business."""

    def see(self, depth: int, node: Node) -> None:
        while self.scopes and self.scopes[-1][0] >= depth:
            self.scopes.pop()
        kind = node.type
        if kind in _IDENTIFIERS:
            if node.start_byte not in self.names:
                self.references[self._text(node)] += 1
        elif kind in _CLASSES or kind in _FUNCTIONS or kind in _OTHERS:
            self._definition(depth, node)
        elif kind in _BODIES:
            self.scopes.append((depth, None))
        elif kind in ("import_statement", "import_from_statement", "export_statement", "call_expression"):
            self.imports += _imports(node, self._text)

    def tags(self) -> Tags:
        return Tags(tuple(self.definitions), dict(self.references), tuple(dict.fromkeys(self.imports)))

    def _definition(self, depth: int, node: Node) -> None:
        name = node.child_by_field_name("left" if node.type == "assignment" else "name")
        inside = [scope for _, scope in self.scopes]
        if name is not None and name.type in _IDENTIFIERS | {"private_property_identifier"}:
            is_value = node.type in ("variable_declarator", "assignment")
            if None not in inside and not (is_value and inside):
                self.names.add(name.start_byte)
                within = tuple(scope for scope in inside if scope is not None)
                line = node.start_point.row + 1
                self.definitions.append(Definition(self._text(name), line, self._signature(node), within))
        if node.type in _CLASSES:
            self.scopes.append((depth, self._text(name) if name else "?"))
        elif node.type in _FUNCTIONS:
            self.scopes.append((depth, None))

    def _signature(self, node: Node) -> str:
        body = (node.child_by_field_name("value") or node).child_by_field_name("body")
        end = body.start_byte if body else node.end_byte
        start = node.start_byte
        text = self.data[start : min(end, start + 4 * _SIGNATURE)].decode("utf-8", "replace")
        if body is None:
            text = text.partition("\n")[0]
        text = " ".join(visible(text).split()).rstrip("{: ")
        return text if len(text) <= _SIGNATURE else f"{text[: _SIGNATURE - 3]}..."

    def _text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte][:_SIGNATURE].decode("utf-8", "replace")


def _imports(node: Node, text: Callable[[Node], str]) -> Iterator[ImportOf]:
    if node.type == "import_from_statement":
        yield from _from(node, text)
    elif node.type == "call_expression":
        yield from _required(node, text)
    elif source := node.child_by_field_name("source"):
        yield ImportOf(text(source).strip("\"'`"))
    elif node.type == "import_statement":
        yield from (ImportOf(_plain(name, text)) for name in node.children_by_field_name("name"))


def _from(node: Node, text: Callable[[Node], str]) -> Iterator[ImportOf]:
    module = node.child_by_field_name("module_name")
    if module is None:
        return
    written = "".join(text(module).split())
    names = tuple(_plain(name, text) for name in node.children_by_field_name("name"))
    yield ImportOf(written.lstrip("."), names, len(written) - len(written.lstrip(".")))


def _required(node: Node, text: Callable[[Node], str]) -> Iterator[ImportOf]:
    """`require("x")` and `import("x")`."""
    called, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None or given is None or called.type not in ("identifier", "import"):
        return
    if text(called) in ("require", "import") and (first := given.named_child(0)) and first.type == "string":
        yield ImportOf(text(first).strip("\"'`"))


def _plain(node: Node, text: Callable[[Node], str]) -> str:
    """The name of what is imported, not the one that it gets."""
    inner = node.child_by_field_name("name") if node.type == "aliased_import" else node
    return "".join(text(inner or node).split())
