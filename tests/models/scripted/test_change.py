"""The project of `slipway demo change`: its tests pass but for one old failure, or the demo shows something else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slipway.checks import Subject
from slipway.checks.lint import Lint
from slipway.checks.tests import Tests
from slipway.models.scripted.script import DEMOS
from slipway.sandboxes import FileContent, Sandbox, open_sandbox

OLD = "tests/test_stats.py::test_the_average_is_rounded_half_up"
REGRESSION = "tests/test_store.py::test_a_file_of_an_earlier_version_is_loaded"
ITEMS = (DEMOS / "change/pantry/items.py").read_text()


@pytest.fixture
async def sandbox(cache_dir: Path) -> AsyncIterator[Sandbox]:
    sandbox = await open_sandbox(cache_dir=cache_dir)
    yield sandbox
    await sandbox.close()


def _with_minimum(reading: str) -> str:
    """The natural change, with one way or another to read a row."""
    edits = {
        '    unit: str = "pcs"\n': '    unit: str = "pcs"\n    minimum: int = 0\n',
        '"unit": self.unit}': '"unit": self.unit, "minimum": self.minimum}',
        'unit=row["unit"])': f'unit=row["unit"], minimum={reading})',
    }
    text = ITEMS
    for old, new in edits.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("items", "failing"),
    [
        (ITEMS, {OLD}),
        (_with_minimum('row["minimum"]'), {OLD, REGRESSION}),
        (_with_minimum('row.get("minimum", 0)'), {OLD}),
    ],
    ids=["as it is", "the natural change", "the right change"],
)
async def test_what_fails(sandbox: Sandbox, items: str, failing: set[str]) -> None:
    folder = DEMOS / "change"
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files["pantry/items.py"] = items.encode()
    await sandbox.write({path: FileContent(data) for path, data in files.items()})
    subject = Subject(sandbox, await sandbox.snapshot())
    found = await Tests().run(subject)
    assert {test.id for test in found.tests if test.status != "passed"} == failing
    assert (len(found.tests), list((await Lint().run(subject)).findings)) == (13, [])
