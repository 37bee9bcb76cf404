"""Which of the faults that checks find is of one component, while others are still being written."""

from __future__ import annotations

from ..checks import executed_by
from ..sandboxes import Sandbox
from ..state.records import CheckReport, Component, Finding, Plan

_TESTS = "tests"


async def elsewhere(sandbox: Sandbox, plan: Plan, component: Component, report: CheckReport) -> frozenset[str]:
    """Signatures of the faults that `component` cannot be blamed for: in files of others, or found by a test that runs
    nothing of it.

    What cannot be told apart is not among them. `sandbox` holds what was checked.
    """
    there = await sandbox.snapshot()
    late = frozenset[str]() if any(path in there for path in plan.tests) else _not_run(report)
    if len(plan.components) == 1:
        return late
    red = {test.id for test in report.tests if test.status in ("failed", "error")}
    suspects = [found for found in report.remarks if not _names(found, component)]
    ran = await executed_by(sandbox, [found.rule for found in suspects if found.check == _TESTS and found.rule in red])
    return late | {found.signature for found in suspects if _is_of_others(found, plan, component, ran)}


def _not_run(report: CheckReport) -> frozenset[str]:
    """That no tests could be run, which is for the tester to mend."""
    lost = [result for result in report.results if result.check == _TESTS and result.status == "not_run"]
    return frozenset(found.signature for result in lost for found in result.findings)


def _is_of_others(found: Finding, plan: Plan, component: Component, ran: dict[str, tuple[str, ...]]) -> bool:
    if found.check == _TESTS:
        places = ran.get(found.rule or "")
        # A module of tests that cannot be loaded, for want of what is not there yet, names no file of the component.
        return places is None or not any(place.rpartition(":")[0] in component.files for place in places)
    others = {path for each in plan.components if each.id != component.id for path in each.files}
    return found.file in others or found.file in plan.tests


def _names(found: Finding, component: Component) -> bool:
    """Whether it speaks of a file of the component."""
    return any(path == found.file or path in found.detail for path in component.files)
