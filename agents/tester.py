from __future__ import annotations

from collections.abc import Sequence

from ..state.records import Brief, Plan
from ..tools import Toolbox
from .base import Desk, Proving, Work
from .loop import work
from .prompts import asked


async def write_tests(
    desk: Desk,
    toolbox: Toolbox,
    brief: Brief,
    plan: Plan,
    wrong: Sequence[str] = (),
    proving: Proving | None = None,
) -> Work:
    """Write the tests from the brief and the interfaces; a tester never sees the code that they will judge.

    `wrong` says what is wrong with the tests that are there, which are then to be mended.
    """
    return await work(desk, *asked(desk, "tester", "tests", brief=brief, plan=plan, wrong=wrong), toolbox, proving)
