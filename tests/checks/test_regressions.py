"""A regression is hidden by a test that is rewritten to expect it: what it said before is what counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slipway.checks import Check, Regressions
from slipway.sandboxes import FileContent
from slipway.state import CheckResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

TEST = """from shop import total


def test_total():
    assert total(2) == 4


def test_none():
    assert total(0) == 0
"""
NAMES = ["test_shop.py::test_total", "test_shop.py::test_none"]


async def test_what_passed_still_passes_as_it_was(checked: Checked) -> None:
    files = {"shop.py": "def total(n):\n    return n + n\n", "test_shop.py": "def test_total():\n    assert True\n"}
    check = Regressions({"test_shop.py": FileContent(TEST.encode())}, NAMES)
    assert await checked(check, files) == CheckResult(check="regressions", status="passed")


async def test_each_test_that_fails_as_it_was_is_named(checked: Checked) -> None:
    files = {"shop.py": "def total(n):\n    return n\n", "test_shop.py": "def test_total():\n    assert True\n"}
    check = Regressions({"test_shop.py": FileContent(TEST.encode())}, NAMES)
    result = await checked(check, files)
    assert (result.status, [(each.rule, each.file) for each in result.findings]) == (
        "failed", [("test_shop.py::test_total", "test_shop.py")],
    )  # fmt: skip


async def test_a_file_that_cannot_be_imported_any_more_fails_with_all_its_tests(checked: Checked) -> None:
    check = Regressions({"test_shop.py": FileContent(TEST.encode())}, NAMES)
    assert [each.rule for each in (await checked(check, {"shop.py": "total = sum(\n"})).findings] == sorted(NAMES)
