from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

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
    models: Mapping[str, str] = MappingProxyType({}),
    proving: Proving | None = None,
) -> Work:
    """Write the tests from the brief and the interfaces; a tester never sees the code that they will judge.

    `wrong` says what is wrong with the tests that are there, which are then to be mended; `models` are tests of a
    project that follows the same conventions.
    """
    told = asked(desk, "tester", "tests", brief=brief, plan=plan, wrong=wrong, models=models)
    return await work(desk, *told, toolbox, proving)
