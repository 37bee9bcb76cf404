"""Types finds what would fail as it runs, in code without annotations too, and cannot be talked out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slipway.checks import Check, Subject, result_of
from slipway.checks.types import Types
from slipway.sandboxes import FileContent, Limits, Sandbox
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.sandboxes.layers import ANALYSIS, BASICS, ensure_toolset
from slipway.sandboxes.profile import PYTHON
from slipway.state import CheckResult

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

CART = """class Cart:
    def __init__(self):
        self.items = []

    def total(self):
        return sum(item.price for item in self.itmes)


def make(a, b):
    return a + b


def main():
    cart = Cart()
    make(1)
    cart.cleer()
    "abc".push("d")
    return "total: " + 3
"""
FOUND = [
    (6, "attr-defined", '"Cart" has no attribute "itmes"; maybe "items"?'),
    (15, "call-arg", 'Missing positional argument "b" in call to "make"'),
    (16, "attr-defined", '"Cart" has no attribute "cleer"'),
    (17, "attr-defined", '"str" has no attribute "push"'),
    (18, "operator", 'Unsupported operand types for + ("str" and "int")'),
]


def told(result: CheckResult) -> list[tuple[int | None, str | None, str]]:
    return [(each.line, each.rule, each.message) for each in result.findings if each.severity == "error"]


async def test_what_fails_as_it_runs_is_a_fault_and_what_agrees_is_none(judged: Judged) -> None:
    result = await judged(Types(), {"shop/cart.py": CART, "shop/__init__.py": ""})
    assert (result.status, told(result)) == ("failed", FOUND)
    assert {(each.file, each.detail != "", each.hint != "") for each in result.findings} == {
        ("shop/cart.py", True, True)
    }
    right = "def make(a, b=0):\n    return a + b\n\n\nprint(make(1).real, 'abc'.upper())\n"
    assert await judged(Types(), {"a.py": right}) == CheckResult(check="types", status="passed")


HOSTILE = {
    "mypy.ini": "[mypy]\nignore_errors = True\n",
    ".mypy.ini": "[mypy]\nexclude = .*\n",
    "setup.cfg": "[mypy]\nignore_errors = True\n",
    "pyproject.toml": "[tool.mypy]\nignore_errors = true\nfollow_imports = 'skip'\n",
    "mypy.py": "raise SystemExit(0)\n",
    "json.py": "raise SystemExit(0)\n",
    "mypy/__init__.py": "raise SystemExit(0)\n",
    "sitecustomize.py": "raise SystemExit(0)\n",
}


async def test_the_projects_settings_and_modules_do_not_soften_it(judged: Judged) -> None:
    """The cheapest way to green is to turn it off, or to be taken for it."""
    for name, text in HOSTILE.items():
        result = await judged(Types(), {name: text, "cart.py": CART})
        assert [each for each in told(result) if each in FOUND] == FOUND, name


async def test_a_module_that_stops_mypy_is_a_fault(judged: Judged) -> None:
    """What was looked at no further did not pass."""
    result = await judged(Types(), {"typing.py": "raise SystemExit(0)\n", "cart.py": CART})
    assert told(result) == [(1, "misc", 'This file shadows library module "typing"')]


@pytest.mark.parametrize(
    "comment", ["# type: ignore", "#type:ignore", "# type: ignore # noqa", "# noqa  # type: ignore"]
)
async def test_a_comment_that_hides_everything_hides_nothing(judged: Judged, comment: str) -> None:
    text = CART.replace("make(1)", f"make(1)  {comment}")
    assert told(await judged(Types(), {"cart.py": text})) == FOUND


@pytest.mark.parametrize("first", ["# type: ignore", "# mypy: ignore-errors", "# mypy: disable-error-code=call-arg"])
async def test_nor_does_one_for_the_whole_file(judged: Judged, first: str) -> None:
    result = await judged(Types(), {"cart.py": f"{first}\n{CART}"})
    assert told(result) == [((line or 0) + 1, rule, message) for line, rule, message in FOUND]


async def test_a_comment_in_a_text_is_no_comment(judged: Judged) -> None:
    text = 'HELP = "write # type: ignore"\nassert HELP.endswith("# type: ignore")\nHELP.lowwer()  # type: ignore\n'
    assert [line for line, _, _ in told(await judged(Types(), {"a.py": text}))] == [3]


async def test_one_that_says_what_it_hides_is_believed(judged: Judged) -> None:
    """mypy does not follow everything that Python can do; a person decides, and names it."""
    text = "class A:\n    pass\n\n\nsetattr(A, 'x', 1)\nprint(A().x)  # type: ignore[attr-defined]\n"
    assert await judged(Types(), {"a.py": text}) == CheckResult(check="types", status="passed")


async def test_what_mypy_cannot_follow_is_no_fault(judged: Judged) -> None:
    """Each of these runs, and would cost a model call."""
    text = """import os
import sys


class Base:
    def __init__(self):
        self.connection = None

    def open(self):
        self.connection = open(os.devnull)

    def read(self):
        return self.connection.read()


class GreetMixin:
    def greet(self):
        return self.name


def counted():
    counted.times += 1


counted.times = 0
data = input()
data = data.split(",")
data.sort()
mixed = {"name": "x", "tags": []}
mixed["tags"].append("y")
sys.stdout.reconfigure(encoding="utf-8")
if os.name == "nt":
    os.startfile("x")
"""
    result = await judged(Types(), {"a.py": text})
    assert (result.status, told(result)) == ("passed", [])
    assert result.findings, "it is told all the same"


@pytest.mark.parametrize(
    "files",
    [
        {
            "src/shop/__init__.py": "",
            "src/shop/a.py": "from shop.b import go\ngo(1)\n",
            "src/shop/b.py": "def go(): ...\n",
        },
        {"src/a.py": "from src.b import go\ngo(1)\n", "src/b.py": "def go(): ...\n"},
        {
            "a.py": "from b import go\ngo(1)\n",
            "b.py": "def go(): ...\n",
            "tools/a.py": "x = 1\n",
            "my-script.py": "x = 1\n",
        },
    ],
)
async def test_modules_are_found_where_python_finds_them(judged: Judged, files: dict[str, str]) -> None:
    result = await judged(Types(), files)
    assert [(rule, message) for _, rule, message in told(result)] == [("call-arg", 'Too many arguments for "go"')]


async def test_files_that_mypy_takes_for_one_module_are_all_looked_at(judged: Judged) -> None:
    """Where a folder's name is no name in Python, mypy refuses two files of one name, and would look at nothing."""
    files = {"a.py": "''.pusch()\n", "my-app/a.py": "''.pusch()\n", "b.py": "x = 1\n", "b/__init__.py": "''.pusch()\n"}
    result = await judged(Types(), files)
    assert [each.file for each in result.findings] == ["a.py", "b/__init__.py", "my-app/a.py"]


@pytest.mark.parametrize(
    "text", ["# coding: latin-1\n''.pusch()  # type: ignore \xe4\n", "''.pusch()  # type: ignore ä"]
)
async def test_comments_are_found_in_any_encoding(analysed: Sandbox, text: str) -> None:
    await analysed.write({"a.py": FileContent(text.encode("latin-1" if "latin" in text else "utf-8"))})
    before = await analysed.snapshot()
    result = await result_of(Types(), Subject(analysed, before))
    assert [rule for _, rule, _ in told(result)] == ["attr-defined"]
    assert await analysed.snapshot() == before, "the comment is where it was"


async def test_a_file_that_does_not_parse_is_a_finding(judged: Judged) -> None:
    result = await judged(Types(), {"a.py": "x = (\n", "b.py": CART})
    assert [(each.file, each.rule) for each in result.findings if each.severity == "error"][:1] == [("a.py", "syntax")]


def test_tests_are_not_looked_at() -> None:
    assert list(Types().inputs({"test_a.py": "", "tests/b.py": "", "conftest.py": ""})) == []
    assert list(Types().inputs({"test_a.py": "", "a.py": "", "a.pyi": "", "b.js": ""})) == ["a.py", "a.pyi"]


async def test_without_the_tool_it_did_not_run(sandbox: Sandbox) -> None:
    await sandbox.write({"a.py": FileContent(b"x = 1\n")})
    result = await result_of(Types(), Subject(sandbox, await sandbox.snapshot()))
    assert (result.status, result.reason) == (
        "not_run", "mypy is not in the sandbox; its layer `analysis` has it"
    )  # fmt: skip


async def test_types_of_what_is_installed_are_seen(cache_dir: Path, tmp_path: Path) -> None:
    """And those of the tools are not: a project that needs requests has to have it."""
    layer = tmp_path / "layer"
    (layer / "money").mkdir(parents=True)
    (layer / "money" / "__init__.py").write_text("def pay(amount: int) -> str: ...\n")
    (layer / "money" / "py.typed").write_text("")
    layers = [(await ensure_toolset(cache_dir, each), each.place) for each in (BASICS, ANALYSIS)]
    sandbox = await open_bubblewrap(Limits(), [*layers, (layer, PYTHON)])
    text = b"import money, requests\nmoney.pay()\nmoney.pay(1).uper()\nrequests.gett()\n"
    await sandbox.write({"a.py": FileContent(text)})
    result = await result_of(Types(), Subject(sandbox, await sandbox.snapshot()))
    await sandbox.close()
    assert [(line, rule) for line, rule, _ in told(result)] == [(2, "call-arg"), (3, "attr-defined")]
