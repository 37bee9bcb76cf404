"""Looks for code that is not written: in Python by its syntax tree, in JavaScript, TypeScript, HTML and CSS by text.

Sent as text into the sandbox, where the files are parsed: it may import nothing of ours. What is meant to be empty is
left alone: protocols, abstract and overloaded functions, methods that a subclass fills or that override one to do
nothing, groups of commands, functions that say why they do nothing.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef


_MOST = 100  # places that are told: what a command may print is bounded


class Found(NamedTuple):
    """One place."""

    rule: str
    line: int
    message: str
    source: str


_MARK = re.compile(
    r"(?:TODO|FIXME|XXX|TBD)\b(?!\s+(?:list|lists|item|items|app|apps|application|entry|entries|task)\b)"
)
_PHRASES = re.compile(
    r"""
    ^\W*(?:(?:the|all)\s+)?(?:rest|remainder|remaining|existing|previous|other)\b.{0,40}?
        \b(?:unchanged|remains?|stays?|(?:the|as)\s+(?:same|before)|goes\s+here|omitted|continues?)\b
    | ^\W*(?:\.\.\.|…)\s*(?:the\s+)?(?:rest|remaining|existing|previous|other|more|same|unchanged|implementation|code)\b
    | ^\W*(?:existing|previous|original)\s+(?:code|implementation|content|methods?|functions?)\s*(?:\.\.\.|…|here|$)
    | \b(?:code|logic|implementation|content|markup|styles?|body)\s+(?:goes|comes|go)\s+here\W*$
    | ^\W*(?:(?:add|put|insert|write)\s+)?your\s+(?:code|implementation|logic|content)\b(?:\s+here)?
    | ^\W*(?:add|put|insert|write|actual|real|the)?\s*(?:the\s+)?(?:code|implementation|logic)\s+here\W*$
    | ^\W*implement(?:ation)?\s+(?:this|me|it|later|here|pending|needed|missing)\b
    | \bto\s+be\s+implemented\b | \bnot\s+(?:yet\s+)?implemented(?:\s+yet)?\W*$
    | \bomitted\s+for\s+brevity\b | ^\W*(?:same|unchanged)\s+(?:as|from)\s+(?:before|above|original)\b
    | ^\W*placeholder\s+(?:implementation|code|logic|function|method|body|for\s+now)\b
    | ^\W*keep\s+(?:the\s+)?existing\b
    | ^\W*(?:stub|dummy)\s+(?:implementation|for\s+now)\b | ^\s*(?:\.\.\.|…)\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNWRITTEN = re.compile(
    r"^\W*(?:this\s+\w+\s+is\s+)?(?:not\s+(?:yet\s+)?(?:implemented|written)|todo:|to be implemented)", re.I
)
_REASON = re.compile(
    r"\bno-?\s?op\b|\bnothing\b|\bintentional|\bdeliberate|\bon purpose\b|\bby default\b|\bignore|\bdiscard|\bquiet|"
    r"\bsilen|"
    r"\bdoes not\b|\bdon't\b|\bunused\b|\bnot needed\b|\bnull object\b|\bhook\b|\boverrid",
    re.I,
)
_ORDER = re.compile(r"noqa|type:|pragma|pylint|pyright|mypy|ruff", re.I)
"""A comment that speaks to a program."""
_EMPTY_NAMES = re.compile(r"^(_+|_?(noop|no_op|nop|nothing|do_nothing|null|dummy|ignore|pass_)(_.*)?)$", re.I)
_EMPTY_METHODS = frozenset({
    "__init__", "__post_init__", "__del__", "__enter__", "__aenter__", "__exit__", "__aexit__", "__init_subclass__",
    "setUp", "tearDown",
    "setup_method", "teardown_method", "setUpClass", "tearDownClass", "setup_class", "teardown_class",
})  # fmt: skip
_EMPTY_DECORATORS = frozenset({
    "abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod", "overload", "group",
    "callback",
    "hookspec", "fixture", "singledispatch", "singledispatchmethod", "type_check_only",
})  # fmt: skip
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test)\.py$")


def find(path: str, data: bytes, subclassed: frozenset[str]) -> list[Found]:
    """What is not written in one file; `subclassed`: the names of classes that another one is derived from."""
    text = data.decode("utf-8", "replace")
    if path.endswith(".py"):
        return python(path, text, subclassed)
    return in_text(text, "html" if path.endswith((".html", ".htm", ".vue", ".svelte")) else "code", path)


# --- Python ----------------------------------------------------------------------------------------------------------


def python(path: str, text: str, subclassed: frozenset[str]) -> list[Found]:
    """What is not written in a Python file; nothing where it does not parse, which another check tells."""
    try:
        tree = ast.parse(text)
        notes = dict(comments(text))
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return []
    lines = text.splitlines()
    found = [
        told(line, note) for line, note in notes.items() if stands_for_code(note) and not _quoted(line, note, notes)
    ]
    found += Bodies(notes, subclassed, bool(_TEST_FILE.search(path))).of(tree.body, None)
    found += strings(tree)
    by_line = {line: f for f in sorted(found, reverse=True) for line in [f.line]}
    return [f._replace(source=lines[f.line - 1].strip()[:200]) for _, f in sorted(by_line.items())]


def comments(text: str) -> Iterator[tuple[int, str]]:
    """The comments of a Python file, each with its line, without the `#`."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("#").strip()


def told(line: int, note: str, source: str = "") -> Found:
    """A comment, as what was found."""
    return Found("comment", line, f"a comment stands for code: {note[:80]}", source)


def stands_for_code(comment: str) -> bool:
    """Whether a comment says that something is still to be written, or was left out."""
    return bool(_MARK.match(comment) or _PHRASES.search(comment))


def _quoted(line: int, note: str, notes: dict[int, str]) -> bool:
    # Dots within a longer comment are part of what it explains.
    return not note.strip(".… ") and (line - 1 in notes or line + 1 in notes)


class Bodies:
    """Looks at the body of each function, with what is known of its class."""

    def __init__(self, notes: dict[int, str], subclassed: frozenset[str], tests: bool) -> None:
        self._notes = notes
        self._subclassed = subclassed
        self._tests = tests

    def of(self, body: Iterable[ast.stmt], owner: ast.ClassDef | Function | None) -> Iterator[Found]:
        """What is not written in these statements of `owner`."""
        for node in body:
            if isinstance(node, Function):
                yield from self._function(node, owner)
            elif isinstance(node, ast.ClassDef):
                yield from self.of(node.body, node)
            elif not (isinstance(node, ast.If) and last_name(node.test) == "TYPE_CHECKING"):
                yield from self._statement(node)
                for inner in inner_bodies(node):
                    yield from self.of(inner, owner)

    def _function(self, node: Function, owner: ast.ClassDef | Function | None) -> Iterator[Found]:
        rest = without_documentation(node.body)
        if self._tests and is_test(node, owner) and proves_nothing(rest):
            yield Found("empty-test", node.lineno, f"the test `{node.name}` proves nothing: it cannot fail", "")
        elif (why := unwritten(rest)) is None:
            yield from self.of(rest, node)
        elif not self._meant(node, owner, why):
            yield Found("empty-body", node.lineno, f"`{node.name}` is not written: its body is {why}", "")

    def _meant(self, node: Function, owner: ast.ClassDef | Function | None, why: str) -> bool:
        decorators = {last_name(each) for each in node.decorator_list}
        if decorators & _EMPTY_DECORATORS or any(name.endswith((".setter", ".deleter")) for name in decorators):
            return True
        if isinstance(owner, ast.ClassDef) and (is_protocol(owner) or owner.name in self._subclassed):
            return True
        if why.startswith("only `raise"):
            return node.name.startswith("__") and node.name.endswith("__")  # an operation that is not offered
        if isinstance(owner, Function) and why == "only `pass`":
            return True  # a callback that does nothing
        if isinstance(owner, ast.ClassDef) and (node.name in _EMPTY_METHODS or (owner.bases and why != "only `...`")):
            return True  # an override that does nothing, such as `log_message` of a request handler
        return self._tests or bool(_EMPTY_NAMES.match(node.name)) or self._reasoned(node)

    def _reasoned(self, node: Function) -> bool:
        last = node.end_lineno or node.lineno
        notes = [note for line, note in self._notes.items() if node.lineno <= line <= last and not _ORDER.match(note)]
        reasoned = any(not stands_for_code(note) for note in notes)
        return reasoned or bool(_REASON.search(ast.get_docstring(node) or ""))

    def _statement(self, node: ast.stmt) -> Iterator[Found]:
        if isinstance(node, ast.Raise) and names_not_implemented(node) and _says_unwritten(node):
            yield Found("not-implemented", node.lineno, "this case is not written: it raises NotImplementedError", "")
        for body in branches(node):
            if all(is_ellipsis(each) for each in body):
                yield Found("empty-body", body[0].lineno, "this branch is not written: its body is only `...`", "")


def unwritten(body: list[ast.stmt]) -> str | None:
    """What a body that does nothing consists of; None for one that does something."""
    if not body:
        return "only documentation"
    if all(isinstance(each, ast.Pass) for each in body):
        return "only `pass`"
    if all(is_ellipsis(each) for each in body):
        return "only `...`"
    if len(body) == 1 and isinstance(body[0], ast.Raise) and names_not_implemented(body[0]):
        return "only `raise NotImplementedError`"
    return None


def proves_nothing(body: list[ast.stmt]) -> bool:
    """Whether a test consists of nothing, or of assertions of constants that are true."""
    return all(isinstance(each, ast.Pass) or is_ellipsis(each) or _is_true(each) for each in body)


def _is_true(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and bool(node.test.value)


def is_test(node: Function, owner: ast.ClassDef | Function | None) -> bool:
    """Whether pytest takes it for a test."""
    in_class = isinstance(owner, ast.ClassDef) and (owner.name.startswith("Test") or bool(owner.bases))
    return node.name.startswith("test") and (owner is None or in_class)


def without_documentation(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body behind its docstring."""
    first = body[0]
    value = first.value if isinstance(first, ast.Expr) else None
    return body[1:] if isinstance(value, ast.Constant) and isinstance(value.value, str) else body


def is_ellipsis(node: ast.stmt) -> bool:
    """The statement `...`."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


def is_protocol(node: ast.ClassDef) -> bool:
    """A protocol, or an abstract class in name."""
    bases = {last_name(base) for base in node.bases}
    return bool(bases & {"Protocol", "ABC", "Interface"}) or any(k.arg == "metaclass" for k in node.keywords)


def last_name(node: ast.expr) -> str:
    """`abstractmethod` of `abc.abstractmethod(...)`; with what is before it for `x.setter`."""
    if isinstance(node, ast.Call | ast.Subscript):
        return last_name(node.func if isinstance(node, ast.Call) else node.value)
    if isinstance(node, ast.Attribute):
        return f"x.{node.attr}" if node.attr in ("setter", "deleter") else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def names_not_implemented(node: ast.Raise) -> bool:
    """`raise NotImplementedError`, with or without a message."""
    return node.exc is not None and last_name(node.exc) == "NotImplementedError"


def _says_unwritten(node: ast.Raise) -> bool:
    arguments = node.exc.args if isinstance(node.exc, ast.Call) else []
    if not arguments:
        return True
    first = arguments[0]
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and bool(_UNWRITTEN.search(first.value))


def branches(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The bodies of a branch or a loop; not of an `except`."""
    if isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While):
        yield from filter(None, (node.body, node.orelse))
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield node.body


def inner_bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Every list of statements in a statement."""
    for name in ("body", "orelse", "finalbody"):
        yield [child for child in getattr(node, name, ()) if isinstance(child, ast.stmt)]
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def strings(tree: ast.Module) -> Iterator[Found]:
    """Strings that stand for code: alone as statements, returned, or raised as another error."""
    for node in without_docstrings(tree):
        if not isinstance(node, ast.Expr | ast.Return | ast.Raise):
            continue
        value = _said(node) if isinstance(node, ast.Raise) else node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            said = value.value.strip()
            alone = isinstance(node, ast.Expr) and "\n" not in said and stands_for_code(said)
            if alone or _UNWRITTEN.search(said):
                yield Found("string", node.lineno, f"a text stands for code: {said[:80]}", "")


def _said(node: ast.Raise) -> ast.expr | None:
    if names_not_implemented(node) or not isinstance(node.exc, ast.Call) or not node.exc.args:
        return None
    return node.exc.args[0]


def without_docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but the documentation of modules, classes, functions and fields."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        body = getattr(node, "body", [])
        documentation: set[ast.AST] = set()
        if isinstance(node, ast.Module | ast.ClassDef):
            documentation = {each for each in body if isinstance(each, ast.Expr)}
        elif isinstance(node, Function):
            documentation = {*body[:1]} - {*without_documentation(body)}
        left += [child for child in ast.iter_child_nodes(node) if child not in documentation]


def derived(text: str) -> set[str]:
    """The names of the classes that a Python file derives others from."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    return {last_name(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases}


# --- other languages --------------------------------------------------------------------------------------------------

_COMMENTS = {
    "html": re.compile(r"<!--(?P<html>.*?)-->|/\*(?P<block>.*?)\*/|(?<![:\w\"'])//(?P<line>[^\n]*)", re.S),
    "code": re.compile(
        r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
        r"|/\*(?P<block>.*?)\*/|(?<!:)//(?P<line>[^\n]*)",
        re.S,
    ),
}
_THROWN = re.compile(r"throw\s+new\s+\w*Error\s*\(\s*([\"'`])(?P<said>[^\"'`\n]*)\1", re.S)
_EMPTY_FUNCTION = re.compile(r"\bfunction\s*\*?\s*(?P<name>\w+)\s*\([^(){}]*\)\s*(?::\s*[\w<>\[\]| ]+)?\s*\{\s*\}")


def in_text(text: str, kind: str, path: str) -> list[Found]:
    """What is not written in a file of a language that is not parsed here."""
    found: list[Found] = []
    for match in _COMMENTS[kind].finditer(text):
        note = next((part for part in match.groups() if part is not None), "")
        for number, line in enumerate(note.split("\n")):
            said = line.strip().lstrip("*").strip()
            if stands_for_code(said):
                at = text.count("\n", 0, match.start()) + 1 + number
                found.append(told(at, said, line.strip()[:200]))
    if not path.endswith(".css"):
        found += _scripts(text)
    return sorted(set(found))


def _scripts(text: str) -> Iterator[Found]:
    for match in _THROWN.finditer(text):
        if _UNWRITTEN.search(match["said"]):
            line = text.count("\n", 0, match.start()) + 1
            yield Found("not-implemented", line, f"this is not written: it throws {match['said']!r}", match[0][:200])
    for match in _EMPTY_FUNCTION.finditer(text):
        if not _EMPTY_NAMES.match(match["name"]):
            line = text.count("\n", 0, match.start()) + 1
            yield Found("empty-body", line, f"`{match['name']}` is not written: its body is empty", match[0][:200])


def main() -> None:
    """Read a JSON list of paths, and write what is not written in each."""
    warnings.simplefilter("ignore")
    files = {path: Path(path).read_bytes() for path in json.load(sys.stdin)}
    python_files = [data.decode("utf-8", "replace") for path, data in files.items() if path.endswith(".py")]
    subclassed = frozenset(name for text in python_files for name in derived(text))
    found = [[path, *each] for path, data in files.items() for each in find(path, data, subclassed)]
    print(json.dumps(found[:_MOST]))


if __name__ == "__main__":
    main()
