"""Small faults in Python source, each an edit of a few bytes that still parses.

Sent as text into the sandbox, where the source is parsed: it may import nothing of ours. Edits that tend to change
nothing that a test could see are left out: documentation, type hints, decorators, what is logged, the text of errors
and of a command line's help, `__all__`, `__slots__`, and what runs under `__name__ == "__main__"` or `TYPE_CHECKING`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Mutant(NamedTuple):
    """Bytes `start` to `end` of the source become `after`."""

    operator: str
    function: str
    """The qualified name of the function or class that it is in; '' at the top."""
    line: int
    start: int
    end: int
    before: str
    after: str
    runs_on_import: bool
    """It is in code that runs as the file is imported."""


_COMPARED: dict[type[ast.cmpop], tuple[bytes, bytes]] = {
    ast.Lt: (rb"<", b"<="), ast.LtE: (rb"<=", b"<"), ast.Gt: (rb">", b">="), ast.GtE: (rb">=", b">"),
    ast.Eq: (rb"==", b"!="), ast.NotEq: (rb"!=", b"=="), ast.In: (rb"in", b"not in"), ast.NotIn: (rb"not\s+in", b"in"),
    ast.Is: (rb"is", b"is not"), ast.IsNot: (rb"is\s+not", b"is"),
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], tuple[bytes, bytes]] = {
    ast.Add: (rb"\+", b"-"), ast.Sub: (rb"-", b"+"), ast.Mult: (rb"\*", b"+"), ast.Div: (rb"/", b"*"),
    ast.FloorDiv: (rb"//", b"*"), ast.Mod: (rb"%", b"*"), ast.Pow: (rb"\*\*", b"*"),
}  # fmt: skip
_LOGGING = frozenset({"logging", "logger", "log", "_logger", "_log", "LOGGER", "LOG", "warnings", "tracer"})
_TOLD = frozenset({
    "help", "description", "metavar", "prog", "epilog", "title", "timeout", "maxsize", "indent", "encoding", "errors",
    "stacklevel", "file", "flush",
})  # fmt: skip
"""Arguments whose value changes what is shown to people, or how fast it goes."""
_TYPING = frozenset({"TypeVar", "NewType", "ParamSpec", "NamedTuple", "TypedDict", "cast", "Literal", "Annotated"})
_SHOWN = frozenset({"__repr__", "__hash__", "__del__", "__dir__"})
_NAMES = frozenset({"__all__", "__slots__", "__version__", "__author__", "__match_args__", "__test__"})


def mutants(data: bytes) -> list[Mutant]:
    """Every mutant of a file, in order; none where it does not parse."""
    try:
        source = Source(data)
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    usual = ast.dump(tree)
    found = {(m.start, m.end, m.after): m for m in Walk(source).body(tree.body, "", True)}
    return [m for m in sorted(found.values(), key=lambda m: (m.start, m.end, m.after)) if source.parses(m, usual)]


class Source:
    """A file, whose bytes are found by line and column as the parser counts them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.text = data.decode("utf-8")
        self._starts = [0]
        for line in data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node starts and ends."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[end_line - 1] + end_column

    def line(self, at: int) -> int:
        """The line of a byte, from 1."""
        return self.data.count(b"\n", 0, at) + 1

    def edited(self, mutant: Mutant) -> bytes:
        """The file with the mutant's edit."""
        return self.data[: mutant.start] + mutant.after.encode() + self.data[mutant.end :]

    def parses(self, mutant: Mutant, usual: str) -> bool:
        """Whether the edit leaves a program, and another one."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                edited = self.edited(mutant).decode("utf-8")
                compile(edited, "mutant", "exec", dont_inherit=True)
                return ast.dump(ast.parse(edited)) != usual
        except (SyntaxError, ValueError):
            return False


class Walk:
    """Looks for places to edit, from statement to statement."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._function = ""
        self._on_import = True

    def body(self, body: list[ast.stmt], function: str, on_import: bool) -> Iterator[Mutant]:
        """The mutants of statements that stand in `function`."""
        for number, statement in enumerate(body):
            if number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # documentation
            self._function, self._on_import = function, on_import
            yield from self._statement(statement, function, on_import)

    def _edit(self, operator: str, start: int, end: int, after: bytes) -> Mutant:
        before = self._source.data[start:end].decode("utf-8")
        return Mutant(
            operator, self._function, self._source.line(start), start, end, before, after.decode(), self._on_import
        )

    def _replace(self, operator: str, node: ast.expr | ast.stmt, after: bytes) -> Mutant:
        return self._edit(operator, *self._source.span(node), after)

    # --- statements --------------------------------------------------------------------------------------------------

    def _statement(self, node: ast.stmt, function: str, on_import: bool) -> Iterator[Mutant]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name not in _SHOWN:
                self._function = f"{function}.{node.name}".lstrip(".")
                yield from self._defaults(node.args)
                yield from self.body(node.body, self._function, False)
        elif isinstance(node, ast.ClassDef):
            yield from self.body(node.body, f"{function}.{node.name}".lstrip("."), on_import)
        elif not _apart(node):
            yield from self._own(node)
            for body in _bodies(node):
                yield from self.body(body, function, on_import)

    def _own(self, node: ast.stmt) -> Iterator[Mutant]:
        if isinstance(node, ast.If | ast.While):
            yield from self._condition(node.test)
        elif isinstance(node, ast.Return) and node.value is not None and not _is(node.value, None):
            yield self._replace("return", node.value, b"None")
        elif isinstance(node, ast.Expr) and isinstance(_awaited(node.value), ast.Call):
            yield self._replace("call", node, b"pass")
        elif isinstance(node, ast.Raise):
            yield self._replace("raise", node, b"pass")
        elif isinstance(node, ast.Break | ast.Continue):
            yield self._replace("loop", node, b"continue" if isinstance(node, ast.Break) else b"break")
        elif isinstance(node, ast.AugAssign) and type(node.op) in _COMPUTED:
            token, after = _COMPUTED[type(node.op)]
            yield from self._between("arithmetic", node.target, node.value, token + b"=", after + b"=")
        for expression in _expressions(node):
            yield from self._expression(expression)

    def _defaults(self, arguments: ast.arguments) -> Iterator[Mutant]:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if isinstance(default, ast.Constant):
                yield from (m._replace(operator="default") for m in self._constant(default))

    def _condition(self, test: ast.expr) -> Iterator[Mutant]:
        if not isinstance(test, ast.Compare | ast.Constant | ast.NamedExpr) and not _negated(test):
            start, end = self._source.span(test)
            yield self._edit("condition", start, end, b"not (" + self._source.data[start:end] + b")")

    # --- expressions -------------------------------------------------------------------------------------------------

    def _expression(self, node: ast.expr) -> Iterator[Mutant]:
        if isinstance(node, ast.Constant):
            yield from self._constant(node)
        elif isinstance(node, ast.Compare):
            left = node.left
            for operator, right in zip(node.ops, node.comparators, strict=True):
                yield from self._between("comparison", left, right, *_COMPARED[type(operator)])
                left = right
        elif isinstance(node, ast.BoolOp):
            token, after = (rb"and", b"or") if isinstance(node.op, ast.And) else (rb"or", b"and")
            yield from self._between("boolean", node.values[0], node.values[1], token, after)
        elif isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED and not _formats(node):
            yield from self._between("arithmetic", node.left, node.right, *_COMPUTED[type(node.op)])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            start, end = self._source.span(node)
            yield self._edit("condition", start, end, b"bool(" + self._inside(node) + b")")
        elif isinstance(node, ast.IfExp):
            yield from self._condition(node.test)
        for child in _parts(node):
            yield from self._expression(child)

    def _inside(self, node: ast.UnaryOp) -> bytes:
        start, end = self._source.span(node)
        return self._source.data[start:end].removeprefix(b"not").strip()

    def _constant(self, node: ast.Constant) -> Iterator[Mutant]:
        value = node.value
        if isinstance(value, bool):
            yield self._replace("constant", node, str(not value).encode())
        elif isinstance(value, int):
            yield self._replace("constant", node, str(value + 1).encode())
            if value > 1:
                yield self._replace("constant", node, str(value - 1).encode())
        elif isinstance(value, float):
            yield self._replace("constant", node, repr(value + 1).encode())
        elif isinstance(value, str | bytes) and value:
            yield self._replace("string", node, b'""' if isinstance(value, str) else b'b""')

    def _between(self, operator: str, left: ast.expr, right: ast.expr, token: bytes, after: bytes) -> Iterator[Mutant]:
        start, end = self._source.span(left)[1], self._source.span(right)[0]
        gap = self._source.data[start:end]
        if b"#" in gap:
            return
        found = [match for match in re.finditer(rb"[^\s()\\]+(?:\s+(?:not|in)\b)?", gap) if _same(token, match[0])]
        if len(found) == 1:
            yield self._edit(operator, start + found[0].start(), start + found[0].end(), after)


def _same(token: bytes, word: bytes) -> bool:
    return re.fullmatch(token, word) is not None


def _apart(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal):
        return True
    if isinstance(node, ast.If):
        return bool(_words(node.test) & {"__name__", "TYPE_CHECKING"})
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Name) and target.id in _NAMES for target in targets)
    if isinstance(node, ast.Expr):
        call = _awaited(node.value)
        return isinstance(call, ast.Call) and bool(_root(call.func) & _LOGGING)
    return False


def _words(node: ast.AST) -> set[str]:
    return {each.id if isinstance(each, ast.Name) else each.attr for each in ast.walk(node)
            if isinstance(each, ast.Name | ast.Attribute)}  # fmt: skip


def _root(node: ast.expr) -> set[str]:
    names: set[str] = set()
    while isinstance(node, ast.Attribute):
        names.add(node.attr)
        node = node.value
    return names | ({node.id} if isinstance(node, ast.Name) else set())


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield [child for child in getattr(node, name, ()) if isinstance(child, ast.stmt)]
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself: not its type hint, not what it raises, not its inner statements."""
    if isinstance(node, ast.Raise):
        return
    for name, child in ast.iter_fields(node):
        if name in ("annotation", "target", "targets", "type_params"):
            continue
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, ast.expr):
                yield each
            elif isinstance(each, ast.withitem):
                yield each.context_expr


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        return  # the places of its parts are not told by every version of Python
    if isinstance(node, ast.Call):
        if _root(node.func) & (_TYPING | _LOGGING):
            return
        yield node.func
        yield from node.args
        yield from (keyword.value for keyword in node.keywords if keyword.arg not in _TOLD)
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.comprehension):
            yield child.iter
            yield from child.ifs


def _awaited(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Await) else node


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _negated(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _formats(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.JoinedStr) and not isinstance(
        getattr(node.left, "value", None), int | float
    )  # fmt: skip


def main() -> None:
    """Read a JSON list of paths, and write the mutants of each."""
    paths = json.load(sys.stdin)
    print(json.dumps({path: mutants(Path(path).read_bytes()) for path in paths}))


if __name__ == "__main__":
    main()
