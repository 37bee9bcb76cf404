"""Exact in both directions: what is not written is found, and what is meant to be empty blocks nobody's work."""

from __future__ import annotations

import pytest

from slipway.checks.unwritten import derived, find


def found(path: str, text: str) -> list[tuple[str, int]]:
    subclassed = frozenset(derived(text)) if path.endswith(".py") else frozenset[str]()
    return [(each.rule, each.line) for each in find(path, text.encode(), subclassed)]


UNWRITTEN = {
    "pass": ("def f():\n    pass\n", [("empty-body", 1)]),
    "dots": ("def f(): ...\n", [("empty-body", 1)]),
    "raise": ("def f(x):\n    raise NotImplementedError\n", [("empty-body", 1)]),
    "raise with a message": (
        'async def f(x):\n    """Doc."""\n    raise NotImplementedError("later")\n',
        [("empty-body", 1)],
    ),
    "documentation alone": ('def f():\n    """Adds."""\n', [("empty-body", 1)]),
    "a method": ("class A:\n    def f(self):\n        pass\n", [("empty-body", 2)]),
    "an overridden method of dots": ("class A(B):\n    def f(self): ...\n", [("empty-body", 2)]),
    "an inner function": ("def f():\n    def g(): ...\n    return g\n", [("empty-body", 2)]),
    "a command of a group": ("@cli.command()\ndef add():\n    pass\n", [("empty-body", 2)]),
    "a property": ("class A:\n    @property\n    def f(self):\n        pass\n", [("empty-body", 3)]),
    "an order to the linter is no reason": ("def f():\n    pass  # noqa: E501\n", [("empty-body", 1)]),
    "a branch": ("if x:\n    ...\nelse:\n    y()\n", [("empty-body", 2)]),
    "a case": ("def f(x):\n    if x:\n        return 1\n    raise NotImplementedError\n", [("not-implemented", 4)]),
    "a case that says so": (
        "def f(x):\n    if x:\n        raise NotImplementedError('not yet implemented')\n    return 1\n",
        [("not-implemented", 3)],
    ),
    "another error that says so": (
        "def f(x):\n    x()\n    raise ValueError('Not implemented yet')\n",
        [("string", 3)],
    ),
    "a text that is returned": ("def f():\n    return 'TODO: the sum'\n", [("string", 2)]),
    "a text alone": ("def f(x):\n    x()\n    '... rest unchanged ...'\n", [("string", 3)]),
    "todo": ("x = 1  # TODO: more\n", [("comment", 1)]),
    "todo of somebody": ("# TODO(ann) more\n", [("comment", 1)]),
    "fixme": ("# FIXME\n", [("comment", 1)]),
    "rest unchanged": ("# ... rest of the file unchanged ...\n", [("comment", 1)]),
    "rest of the code": ("# Rest of the code remains the same\n", [("comment", 1)]),
    "the remaining methods": ("# (remaining methods stay as before)\n", [("comment", 1)]),
    "existing code": ("# existing code ...\n", [("comment", 1)]),
    "existing code here": ("# Existing code here\n", [("comment", 1)]),
    "goes here": ("# implementation goes here\n", [("comment", 1)]),
    "your code": ("# Add your code here\n", [("comment", 1)]),
    "implement": ("# Implement this later\n", [("comment", 1)]),
    "not implemented": ("# not yet implemented\n", [("comment", 1)]),
    "brevity": ("# error handling omitted for brevity\n", [("comment", 1)]),
    "placeholder": ("# Placeholder implementation\n", [("comment", 1)]),
    "dots for code": ("def f(x):\n    # ...\n    return x\n", [("comment", 2)]),
}

MEANT = {
    "a protocol": "class P(Protocol[T]):\n    def f(self) -> int: ...\n",
    "an abstract method": "class A:\n    @abc.abstractmethod\n    def f(self):\n        raise NotImplementedError\n",
    "an abstract class": "class A(ABC):\n    def f(self):\n        pass\n",
    "an overload": "@overload\ndef f(x: int) -> int: ...\n@typing.overload\ndef f(x: str) -> str: ...\n",
    "a method that a subclass fills":
        "class A:\n    def f(self):\n        raise NotImplementedError\nclass B(A):\n    def f(self): return 1\n",
    "an override that does nothing": "class H(BaseHTTPRequestHandler):\n    def log_message(self, *a):\n        pass\n",
    "an exception": "class E(Exception):\n    pass\nclass F(Exception):\n    def __init__(self):\n        pass\n",
    "a class": "class A:\n    pass\n",
    "a group of commands": "@click.group()\ndef cli():\n    pass\n@app.callback()\ndef main(): pass\n",
    "a constructor": "class A:\n    def __init__(self):\n        pass\n",
    "an operation that is not offered": "class A:\n    def __hash__(self):\n        raise NotImplementedError\n",
    "a case that is not offered":
        "def f(x):\n    if x:\n        raise NotImplementedError(f'{x} is not offered')\n    return 1\n",
    "a generic function": "@singledispatch\ndef f(x):\n    raise NotImplementedError(type(x))\n",
    "a reason": "def f():\n    pass  # the caller closes it\n",
    "a reason in words": 'def f():\n    """Do nothing."""\n',
    "a callback": "def f():\n    def g(x): pass\n    return g\n",
    "a name": "def noop():\n    pass\n",
    "an except": "try:\n    f()\nexcept E:\n    pass\nexcept F: ...\n",
    "what only types see": "if TYPE_CHECKING:\n    def f() -> int: ...\n",
    "a return": "def f():\n    return None\n",
    "a default": "def f(x=...):\n    return x[..., 1]\n",
    "lists of things to do": "# TODO list of a person\n# Render the todo items\nx = 'TODO'\n",
    "a status": "send(501, 'Not Implemented')\n",
    "the rest of a list": "# The rest of the words are joined\n# existing entries win\n# bytes to be written\n",
    "other code": "# Implements the protocol\n# code here is run twice\n",
    "dots in an explanation": "# first\n# ...\n# last\n",
    "documentation about it":
        '"""Finds TODO: comments."""\ndef f():\n    """Not implemented for lists."""\n    return 1\n',
    "what does not parse": "def f(:\n    pass\n",
    "text in strings": "x = '# TODO: x'\n",
}  # fmt: skip


@pytest.mark.parametrize("case", UNWRITTEN)
def test_what_is_not_written_is_found(case: str) -> None:
    """A placeholder that no test reaches would be delivered."""
    text, wanted = UNWRITTEN[case]
    assert found("a.py", text) == wanted


@pytest.mark.parametrize("case", MEANT)
def test_what_is_meant_to_be_empty_is_left_alone(case: str) -> None:
    """A false alarm blocks real work, and costs a repair that makes the code worse."""
    assert found("a.py", MEANT[case]) == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("pass", True), ("...", True), ("'''Doc.'''", True), ("assert True", True), ("assert 1, 'x'", True),
        ("assert f()", False), ("f()", False), ("with pytest.raises(E): pass", False), ("assert False", False),
    ],
)  # fmt: skip
def test_a_test_that_cannot_fail_is_found(body: str, wanted: bool) -> None:
    """It looks like evidence."""
    rule = [("empty-test", 1)] if wanted else []
    assert found("tests/test_a.py", f"def test_c1():\n    {body}\n") == rule
    in_class = f"class TestA:\n    def test_c1(self):\n        {body}\n"
    assert found("a_test.py", in_class) == [(name, 2) for name, _ in rule]


def test_doubles_in_test_files_may_be_empty() -> None:
    double = "class Fake:\n    def close(self): pass\n\n\ndef helper(): ...\n\n\n"
    text = f"{double}def test_a():\n    assert Fake().close() is None\n"
    assert found("tests/test_a.py", text) == []


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("a.js", "const u = 'http://x/TODO: no';\n// TODO: send it\n", [("comment", 2)]),
        ("a.ts", "/* line\n * FIXME later\n */\n", [("comment", 2)]),
        ("a.js", "function f() {}\nfunction noop() {}\nconst g = () => {};\n", [("empty-body", 1)]),
        ("a.ts", "function f(a: string): void {\n}\n", [("empty-body", 1)]),
        (
            "a.js",
            "f();\nthrow new Error('Not implemented yet');\nthrow new Error('no such file');\n",
            [("not-implemented", 2)],
        ),
        ("a.js", "// ... rest of the code stays the same\n", [("comment", 1)]),
        ("a.html", "<p>\n<!-- content goes here -->\n<a href='//x/y'>TODO list</a>\n", [("comment", 2)]),
        ("a.html", "<script>\n// your code here\n</script>\n<!-- the list of todos -->\n", [("comment", 2)]),
        ("a.css", "/* TODO: colours */\n.a {}\n", [("comment", 1)]),
        ("a.css", "/* existing styles win */\n.todo {}\n", []),
        ("a.js", "function f() {\n  // keeps the existing order\n  return `// TODO: ${x}`;\n}\n", []),
    ],
)
def test_other_languages_are_read_as_text(path: str, text: str, wanted: list[tuple[str, int]]) -> None:
    assert found(path, text) == wanted
