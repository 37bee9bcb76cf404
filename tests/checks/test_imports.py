"""What a program imports has to be there, and to be judged as the program is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check, Imports
from slipway.state import CheckResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

SHOP = {"shop/__init__.py": "", "shop/tests/__init__.py": "", "shop/tests/shell.py": "RUN = 1\n", "conftest.py": ""}


@pytest.mark.parametrize(
    ("path", "text", "line", "borrowed"),
    [
        ("shop/cli.py", "import os\nimport shop.tests.shell\n", 2, "shop/tests/shell.py"),
        ("shop/cli.py", "from shop.tests import shell\n", 1, "shop/tests/shell.py"),
        ("shop/cli.py", "from .tests.shell import RUN\n", 1, "shop/tests/shell.py"),
        ("shop/deep/cli.py", "def run():\n    from ..tests import shell\n    return shell\n", 2, "shop/tests/shell.py"),
        ("run.py", "import conftest\n", 1, "conftest.py"),
    ],
    ids=["by its whole name", "from its package", "relatively", "within a function", "by a program at the root"],
)
async def test_what_runs_is_not_hidden_among_tests(
    checked: Checked, path: str, text: str, line: int, borrowed: str
) -> None:
    """What is found in tests is advice for some checks: a program that imports it would escape them."""
    result = await checked(Imports(), {**SHOP, path: text})
    message = f"imports {borrowed}, which is there for tests and judged by other rules"
    found = [(each.file, each.line, each.message) for each in result.findings if each.rule == "borrowed"]
    assert (result.status, (path, line, message) in found) == ("failed", True)


async def test_tests_may_import_what_they_like(checked: Checked) -> None:
    files = {
        **SHOP,
        "shop/tests/test_shell.py": "import conftest\nfrom shop.tests.shell import RUN\n",
        "shop/testing.py": "",
        "shop/cli.py": "import shop.testing\nfrom shop import testing\n",
        "broken.py": "import (",
    }
    assert await checked(Imports(), files) == CheckResult(check="imports", status="passed")


async def test_a_module_that_cannot_be_imported_is_named(checked: Checked) -> None:
    result = await checked(Imports(), {"shop/__init__.py": "", "shop/prices.py": "\nimport shop.costs\n"})
    assert [(each.file, each.line, each.message) for each in result.findings] == [
        ("shop/prices.py", 2, "ModuleNotFoundError: No module named 'shop.costs'"),
    ]
