"""A program that reads files may itself break: that is no pass."""

from __future__ import annotations

import pytest

from slipway.checks import NotRun, Subject
from slipway.checks.reading import read_by
from slipway.sandboxes import FakeSandbox
from slipway.sandboxes.fake import Call, Returned


async def test_a_program_that_gives_no_answer_has_not_run() -> None:
    def python(call: Call) -> Returned:
        return Returned(exit_code=3, stdout=b"[]]", stderr=b"no memory")

    sandbox = FakeSandbox({"python": python})
    with pytest.raises(NotRun, match=r"^its program ended with 3: no memory$"):
        await read_by("", "syntax", Subject(sandbox, {}), ["a.py"])
