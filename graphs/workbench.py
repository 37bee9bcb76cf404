from __future__ import annotations

from ..agents import tools_of
from ..config import Role
from ..sandboxes import Sandbox
from ..state.records import CheckReport
from ..tools import Checked, Journaled, Masked, Toolbox, Tools, Workbench
from .comparing import blocking
from .judging import checked
from .outcome import recorded_report
from .ownership import MayWrite
from .resources import Resources


def tools_for(
    resources: Resources,
    sandbox: Sandbox,
    may_write: MayWrite,
    version: str,
    role: Role,
    *,
    baseline: str = "",
) -> Toolbox:
    """The tools of `role` at work in `sandbox`, journaled.

    `baseline`: digest of what the checks said before the run; what is no fault of the run's is marked as such.
    """

    async def check() -> Checked:
        report = await checked(resources, sandbox, version)
        if not baseline:
            return Checked(report)
        return Checked(report, old_faults(report, await recorded_report(resources, baseline)))

    tools = tools_of(resources.record.lineup, role)
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
