"""Lint is the same everywhere: the project's own settings do not count, and a linter that broke is no pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check, Lint
from slipway.checks.signatures import signature
from slipway.state import CheckResult, Finding

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]


def finding(file: str, line: int, rule: str, message: str) -> Finding:
    return Finding(
        check="lint", file=file, line=line, rule=rule, message=message, signature=signature("lint", rule, file, message)
    )


UNDEFINED = "Undefined name `y`"


async def test_clean_files(checked: Checked) -> None:
    assert await checked(Lint(), {"a.py": "x = 1\n"}) == CheckResult(check="lint", status="passed")


async def test_every_fault_is_a_finding_with_its_place(checked: Checked) -> None:
    files = {"a.py": "x = 1\nassert (x, 1)\nprint(y)\n", "lib/b.py": "print(y)\n", "c.py": "x = 1\n"}
    findings = (
        finding("a.py", 2, "F631", "Assert test is a non-empty tuple, which is always `True`"),
        finding("a.py", 3, "F821", UNDEFINED),
        finding("lib/b.py", 1, "F821", UNDEFINED),
    )
    assert await checked(Lint(), files) == CheckResult(check="lint", status="failed", findings=findings)


async def test_what_is_a_matter_of_taste_blocks_nothing(checked: Checked) -> None:
    """A run would spend a model call on the order of imports, and give up where that did not help."""
    text = "import sys\nimport os\nx = dict()\nif x == {}:\n    if os.sep: print('%s' % sys.path)\n"
    assert await checked(Lint(), {"a.py": text}) == CheckResult(check="lint", status="passed")


async def test_an_import_that_is_not_used_blocks_nothing(checked: Checked) -> None:
    """People's right programs have some (benchmarks/humaneval.py), and a package exports by importing."""
    files = {"shop/__init__.py": "from .cart import Cart\n", "shop/cart.py": "import os\n\n\nclass Cart:\n    pass\n"}
    assert await checked(Lint(), files) == CheckResult(check="lint", status="passed")


async def test_what_is_legal_and_surely_wrong_is_a_fault(checked: Checked) -> None:
    text = "def f(x=[]):\n    x == 1\n    return x\n\n\nassert (f, 'always true')\n"
    result = await checked(Lint(), {"a.py": text})
    assert [(each.line, each.rule) for each in result.findings] == [(1, "B006"), (2, "B015"), (6, "F631")]


@pytest.mark.parametrize(
    ("file", "text"),
    [("ruff.toml", 'lint.ignore = ["F821"]'), ("pyproject.toml", '[tool.ruff]\nexclude = ["*.py"]')],
)
async def test_the_projects_settings_do_not_soften_it(checked: Checked, file: str, text: str) -> None:
    """The cheapest way to a green lint is to turn it off."""
    result = await checked(Lint(), {file: text, "a.py": "print(y)\n"})
    assert result.findings == (finding("a.py", 1, "F821", UNDEFINED),)


@pytest.mark.parametrize("path", ["-x.py", "--config=x.py", "--output-file=x.py", "-.py"])
async def test_a_file_that_is_called_like_an_option_is_a_file(checked: Checked, path: str) -> None:
    """A name that the linter takes for an option would change what is linted, or keep it from running."""
    assert (await checked(Lint(), {path: "print(y)\n"})).findings == (finding(path, 1, "F821", UNDEFINED),)
