from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..sandboxes import Sandbox
from ..state.records import CheckReport, Plan
from ..tools import CODING, DISPUTE_TEST, Checked, Journaled, Masked, Tool, Toolbox, Tools, Workbench
from .comparing import blocking
from .judging import checked
from .outcome import recorded_report
from .resources import Resources

MayWrite = Callable[[str], str | None]


def only(files: Sequence[str], owner: str) -> MayWrite:
    """Allow writing `files` and nothing else."""

    def may_write(path: str) -> str | None:
        if path in files:
            return None
        return f"{path} does not belong to {owner}, which owns {', '.join(files)}; write only these"

    return may_write


def alone(plan: Plan) -> MayWrite:
    """Allow writing all that is in the plan, tests too."""
    return only([*(path for component in plan.components for path in component.files), *plan.tests], "this plan")


def repairs(plan: Plan) -> MayWrite:
    """Allow writing what the plan's components own; the tests are locked."""
    owned = [path for component in plan.components for path in component.files]

    def may_write(path: str) -> str | None:
        if path in plan.tests:
            return (
                f"{path} is a locked test; repair the code, or use dispute_test if the test contradicts its criterion"
            )
        return only(owned, "this plan")(path)

    return may_write


REPAIRING: tuple[Tool[Any], ...] = (*CODING, DISPUTE_TEST)
"""The tools of the fixer."""


def tools_for(
    resources: Resources,
    sandbox: Sandbox,
    may_write: MayWrite,
    version: str,
    tools: Sequence[Tool[Any]] = CODING,
    *,
    baseline: str = "",
) -> Toolbox:
    """The tools of an agent at work in `sandbox`, journaled.

    `baseline`: digest of what the checks said before the run; what is no fault of the run's is marked as such.
    """

    async def check() -> Checked:
        report = await checked(resources, sandbox, version)
        if not baseline:
            return Checked(report)
        return Checked(report, old_faults(report, await recorded_report(resources, baseline)))

    plain = Masked(Tools(tools, Workbench(sandbox, may_write, check), resources.tracer), resources.secrets)
    return Journaled(
        plain,
        resources.journal,
        resources.projects,
        resources.record.project,
        resources.fence,
        sandbox,
        resources.tracer,
    )


def old_faults(report: CheckReport, before: CheckReport) -> frozenset[str]:
    """Signatures of the faults of `report` that do not block a run, since they were there `before` it."""
    new = {finding.signature for finding in blocking(report, before, [f.signature for f in before.findings])}
    return frozenset(finding.signature for finding in report.findings if finding.signature not in new)
