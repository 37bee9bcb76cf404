from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from ..agents import tools_of
from ..config import Role
from ..sandboxes import Sandbox
from ..state.records import CheckReport, Finding
from ..tools import Checked, Journaled, Masked, Toolbox, Tools, Workbench, telling
from .comparing import blocking
from .judging import checked
from .outcome import recorded_report
from .ownership import MayWrite
from .resources import Resources

Elsewhere = Callable[[CheckReport], Awaitable[frozenset[str]]]
"""Which faults, by their signatures, are of what others write."""


async def _nowhere(report: CheckReport) -> frozenset[str]:
    return frozenset()


def tools_for(
    resources: Resources,
    sandbox: Sandbox,
    may_write: MayWrite,
    version: str,
    role: Role,
    *,
    baseline: str = "",
    told: Iterable[Finding] = (),
    elsewhere: Elsewhere = _nowhere,
) -> Toolbox:
    """The tools of `role` at work in `sandbox`, journaled.

    `baseline`: digest of what the checks said before the run; what is no fault of the run's is marked as such. `told`:
    faults that are told in the task. `elsewhere`: says which faults are none of the agent's.
    """
    known = set(map(telling, told))

    async def check() -> Checked:
        report = await checked(resources, sandbox, version)
        old = old_faults(report, await recorded_report(resources, baseline)) if baseline else frozenset[str]()
        made = Checked(report, old, await elsewhere(report) - old, frozenset(known))
        known.update(map(telling, made.left))
        return made

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
