"""Faults that people make, as edits of whole lines of a Python file.

Where one can be, mutation knows; here each place gets several wrong texts: a repair that fails leaves another one.
"""

from __future__ import annotations

import ast
import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...checks.mutation.operators import Mutant, Source, mutants

_KINDS = {
    "comparison": "comparison", "arithmetic": "arithmetic", "boolean": "boolean", "condition": "negation",
    "return": "return", "constant": "constant", "default": "constant",
}  # fmt: skip
"""What a bug of each of mutation's operators is called; the others only follow on one."""
_FILLING = "other"
_INSTEAD = {
    "<": ("<=", ">", ">="), "<=": ("<", ">=", ">"), ">": (">=", "<", "<="), ">=": (">", "<=", "<"),
    "==": ("!=", ">=", "<="), "!=": ("==", ">", "<"), "+": ("-", "*"), "-": ("+", "*"), "*": ("+", "-"),
    "/": ("*", "//"), "//": ("*", "/"), "%": ("//", "*"), "+=": ("-=", "*="), "-=": ("+=", "*="), "*=": ("+=", "-="),
}  # fmt: skip
_MOST_TEXTS = 4
_MOST_NAMES = 2


@dataclass(frozen=True)
class Edit:
    """Bytes `start` to `end` of a file become `after`."""

    kind: str
    function: str
    start: int
    end: int
    after: bytes


@dataclass(frozen=True)
class Candidate:
    """Lines of a file that may become a bug."""

    file: str
    kind: str
    function: str
    first: int
    """The number of its first line, from 0."""
    old: str
    texts: tuple[str, ...]
    """At least three that may stand there instead, those of its kind first."""

    @property
    def last(self) -> int:
        """The number of the line behind it."""
        return self.first + self.old.count("\n")


def candidates(file: str, data: bytes, before: bytes) -> list[Candidate]:
    """What may become a bug of `data`, on lines that were not in it `before`; none where it does not parse."""
    try:
        source = Source(data)
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    if not data.endswith(b"\n") or b"\r" in data or b"\f" in data:
        return []  # its lines could not be told
    usual = ast.dump(tree)
    edits = [edit for edit in dict.fromkeys(_edits(source, tree)) if _parses(source, edit, usual)]
    new = _new_lines(data, before)
    by_place: defaultdict[tuple[str, int, int], list[Edit]] = defaultdict(list)
    for edit in edits:
        lines = _lines(data, edit)
        if edit.kind != _FILLING and new.issuperset(range(*lines)):
            by_place[edit.kind, *lines].append(edit)
    found = (_candidate(file, data, own, edits) for own in by_place.values())
    return [each for each in found if each is not None]


def _new_lines(data: bytes, before: bytes) -> set[int]:
    matcher = difflib.SequenceMatcher(None, before.splitlines(), data.splitlines(), autojunk=False)
    return {line for tag, _, _, first, last in matcher.get_opcodes() if tag != "equal" for line in range(first, last)}


def _parses(source: Source, edit: Edit, usual: str) -> bool:
    before = source.data[edit.start : edit.end].decode()
    return source.parses(Mutant("", "", 0, edit.start, edit.end, before, edit.after.decode(), False), usual)


# --- from edits to whole lines ----------------------------------------------------------------------------------------


def _lines(data: bytes, edit: Edit) -> tuple[int, int]:
    """The first line of an edit and the one behind its last, from 0."""
    last = max(edit.start, edit.end - 1)
    return data.count(b"\n", 0, edit.start), data.count(b"\n", 0, last) + 1


def _candidate(file: str, data: bytes, own: Sequence[Edit], edits: Sequence[Edit]) -> Candidate | None:
    lines = data.splitlines(keepends=True)
    place = _lines(data, own[0])
    first, last = _widened(lines, *place, removes=not own[0].after.strip())
    start, end = len(b"".join(lines[:first])), len(b"".join(lines[:last]))
    here = [each for each in edits if each not in own and {*range(*_lines(data, each))} <= {*range(*place)}]
    # First what else may stand at the very place.
    ordered = sorted(own, key=lambda edit: (edit.start, edit.end) != (own[0].start, own[0].end)) + here
    texts = dict.fromkeys((data[start : edit.start] + edit.after + data[edit.end : end]).decode() for edit in ordered)
    old, whole = data[start:end].decode(), data.decode()
    fitting = [text for text in texts if text.strip() and text not in whole][:_MOST_TEXTS]
    if whole.count(old) != 1 or len(fitting) < 3:
        return None
    return Candidate(file, own[0].kind, own[0].function, first, old, tuple(fitting))


def _widened(lines: Sequence[bytes], first: int, last: int, *, removes: bool) -> tuple[int, int]:
    """Lines around `first` to `last` that stand only once in the file; with neighbours where something is removed."""
    if removes:
        first, last = max(0, first - 1), min(len(lines), last + 1)
        while first > 0 and not lines[first].strip():
            first -= 1
        while last < len(lines) and not lines[last - 1].strip():
            last += 1
    whole, above = b"".join(lines), True
    while whole.count(b"".join(lines[first:last])) > 1 and last - first < len(lines):
        if (above and first > 0) or last == len(lines):
            first -= 1
        else:
            last += 1
        above = not above
    return first, last


# --- the edits --------------------------------------------------------------------------------------------------------


def _edits(source: Source, tree: ast.Module) -> Iterator[Edit]:
    for mutant in mutants(source.data):
        kind = _KINDS.get(mutant.operator, _FILLING)
        yield Edit(kind, mutant.function, mutant.start, mutant.end, mutant.after.encode())
        for after in _INSTEAD.get(mutant.before, ()):
            yield Edit(kind, mutant.function, mutant.start, mutant.end, after.encode())
    yield from _imports(source, tree)
    for name, function in _functions(tree.body, ""):
        yield from _Scope(source, name, function).edits()


def _imports(source: Source, tree: ast.Module) -> Iterator[Edit]:
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) or getattr(node, "module", "") == "__future__":
            continue
        start, end = source.span(node)
        if start and source.data[start - 1 : start] != b"\n":
            continue
        for text in _imported(node):
            if text:
                yield Edit("import", "", start, end, text.encode())
            elif source.data[end : end + 1] == b"\n":
                yield Edit("import", "", start, end + 1, b"")


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """What may stand in the place of an import, so that a name of it is missing."""
    names = [f"{each.name} as {each.asname}" if each.asname else each.name for each in node.names]
    before = f"from {'.' * node.level}{node.module or ''} import " if isinstance(node, ast.ImportFrom) else "import "
    for number, each in enumerate(node.names if len(names) > 1 else ()):
        yield before + ", ".join(names[:number] + names[number + 1 :])
        yield before + ", ".join([*names[:number], f"{each.name} as _{each.name}", *names[number + 1 :]])
    if len(names) == 1 and names[0] != "*":
        only = node.names[0].name
        yield ""
        yield f"{before}{only} as _{only.rpartition('.')[2]}"
        if isinstance(node, ast.ImportFrom) and node.module:
            package, _, module = node.module.rpartition(".")
            yield f"from {'.' * node.level}{package} import {module}" if node.level or package else f"import {module}"
        yield f"{before}{only} as {only.rpartition('.')[2][:2]}_"


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(body: Sequence[ast.stmt], prefix: str) -> Iterator[tuple[str, _Function]]:
    for node in body:
        if isinstance(node, _Function):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{prefix}{node.name}.")


class _Scope:
    """One function: which of its names may be taken for another, and which of its branches may be missing."""

    def __init__(self, source: Source, name: str, function: _Function) -> None:
        self._source = source
        self._name = name
        self._function = function
        self._known = self._bound()

    def edits(self) -> Iterator[Edit]:
        """The edits of the function itself."""
        for statement in self._function.body:
            for node in _within(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in self._known:
                    yield from self._others("variable", node)
                elif isinstance(node, ast.If) and not node.orelse:
                    yield self._without(node)
                elif isinstance(node, ast.Return) and isinstance(node.value, ast.expr):
                    yield from self._others("return", node.value)
                    yield from self._parts(node, node.value)
                elif isinstance(node, ast.BoolOp):
                    yield from self._operands(node)

    def _bound(self) -> Mapping[str, int]:
        """The names that the function binds, each with the line from which on it is there."""
        arguments = self._function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        known = {each.arg: 0 for each in every if each.arg not in ("self", "cls")}
        for statement in self._function.body:
            for node in _within(statement):
                targets = node.targets if isinstance(node, ast.Assign) else []
                targets = [node.target] if isinstance(node, ast.For | ast.AnnAssign) else targets
                for name in (each for target in targets for each in ast.walk(target)):
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                        known.setdefault(name.id, name.lineno)
        return known

    def _others(self, kind: str, node: ast.expr) -> Iterator[Edit]:
        now = node.id if isinstance(node, ast.Name) else ""
        names = [name for name, line in self._known.items() if name != now and line < node.lineno]
        # The nearest first: those are taken for each other.
        for name in sorted(names, key=lambda name: -self._known[name])[:_MOST_NAMES]:
            yield self._edit(kind, node, name.encode())

    def _parts(self, node: ast.Return, value: ast.expr) -> Iterator[Edit]:
        start, end = self._source.span(value)
        if isinstance(value, ast.Call):
            yield self._edit("return", node, self._source.data[start:end])
        if isinstance(value, ast.Compare | ast.BoolOp):
            yield self._edit("return", value, b"not (" + self._source.data[start:end] + b")")

    def _operands(self, node: ast.BoolOp) -> Iterator[Edit]:
        for value in node.values:
            start, end = self._source.span(value)
            yield self._edit("boolean", node, self._source.data[start:end])

    def _without(self, node: ast.If) -> Edit:
        start, end = self._source.span(node)
        data = self._source.data
        return Edit("branch", self._name, data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end) + 1, b"")

    def _edit(self, kind: str, node: ast.expr | ast.stmt, after: bytes) -> Edit:
        return Edit(kind, self._name, *self._source.span(node), after)


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """`node` and what is in it: not what has names of its own, nor the parts of a text, whose places are not told."""
    if isinstance(node, _Function | ast.ClassDef | ast.Lambda | ast.JoinedStr | ast.AnnAssign):
        if isinstance(node, ast.AnnAssign):
            yield node
            if node.value is not None:
                yield from _within(node.value)
        return
    yield node
    for name, child in ast.iter_fields(node):
        if isinstance(node, ast.Call) and name == "func" and isinstance(child, ast.Name):
            continue
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, ast.AST):
                yield from _within(each)
