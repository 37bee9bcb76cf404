"""A coder is told what its component can be blamed for: the rest is not written yet, or another's to mend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slipway.checks import Lint, Syntax, Tests, run_checks
from slipway.graphs.scoping import elsewhere
from slipway.sandboxes import FileContent, Sandbox, open_sandbox
from slipway.state import Plan
from slipway.telemetry import Collector, Tracer

PLAN = Plan.model_validate({
    "summary": "A shop.",
    "components": [
        {"id": "money", "purpose": "Cents.", "files": ["shop/money.py"], "interface": "cents(x) -> int"},
        {"id": "cart", "purpose": "A cart.", "files": ["shop/cart.py"], "interface": "total(xs) -> int"},
        {"id": "till", "purpose": "Paying.", "files": ["shop/till.py"], "interface": "pay(xs) -> str"},
    ],
    "tests": ["tests/test_shop.py", "tests/test_till.py"],
    "commands": {"test": "pytest", "start": ""},
})  # fmt: skip

FILES = {
    "shop/__init__.py": "",
    "shop/money.py": "def cents(x):\n    return x * 10\n",
    "shop/cart.py": "from shop.money import cents\n\n\ndef total(xs):\n    n = 1\n    return sum(map(cents, xs))\n",
    "tests/test_shop.py": "from shop.cart import total\nfrom shop.money import cents\n\n\n"
    "def test_c1():\n    assert cents(1) == 100\n\n\ndef test_c2():\n    assert total([1]) == 100\n",
    "tests/test_till.py": "from shop.till import pay\n\n\ndef test_c3():\n    assert pay([1])\n",
}


@pytest.fixture
async def sandbox(cache_dir: Path) -> AsyncIterator[Sandbox]:
    sandbox = await open_sandbox(cache_dir=cache_dir)
    await sandbox.write({path: FileContent(text.encode()) for path, text in FILES.items()})
    yield sandbox
    await sandbox.close()


async def test_whose_fault_each_is(sandbox: Sandbox) -> None:
    """By what each failing test executes; a test of what is not there yet is for whoever writes that."""
    report = await run_checks([Syntax(), Lint(), Tests()], sandbox, "v", Tracer(Collector().provider, "r"))
    found = {finding.signature: (finding.check, finding.rule or finding.file) for finding in report.findings}
    aside = {
        component.id: sorted(found[each] for each in await elsewhere(sandbox, PLAN, component, report))
        for component in PLAN.components
    }
    unused, late = ("lint", "F841"), ("tests", "tests/test_till.py")
    first, second = (("tests", f"tests/test_shop.py::test_{name}") for name in ("c1", "c2"))
    assert sorted(found.values()) == [unused, first, second, late]
    assert aside == {"money": [unused, late], "cart": [first, late], "till": [unused, first, second, late]}


async def test_tests_that_are_not_there_yet_are_nobody_s_fault_who_writes_code(sandbox: Sandbox) -> None:
    """A coder that is told of them would write them."""
    await sandbox.remove(["tests/test_shop.py", "tests/test_till.py"])
    report = await run_checks([Tests()], sandbox, "v", Tracer(Collector().provider, "r"))
    alone = PLAN.model_copy(update={"components": PLAN.components[:1]})
    assert [finding.message for finding in report.findings] == ["did not run: the project has no test files"]
    for plan in (PLAN, alone):
        assert await elsewhere(sandbox, plan, plan.components[0], report) == {report.findings[0].signature}


async def test_who_writes_all_of_it_is_told_all(sandbox: Sandbox) -> None:
    """Nobody else is at work on anything."""
    report = await run_checks([Lint(), Tests()], sandbox, "v", Tracer(Collector().provider, "r"))
    alone = PLAN.model_copy(update={"components": PLAN.components[1:2]})
    assert report.findings
    assert await elsewhere(sandbox, alone, alone.components[0], report) == frozenset()
