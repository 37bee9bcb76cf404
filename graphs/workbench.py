from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..agents import tools_of
from ..checks import SECURITY, Check, Tests
from ..checks.sessions import forked
from ..config import Role
from ..sandboxes import FileContent, Sandbox
from ..state.records import CheckReport, CheckResult, Finding
from ..tools import Checked, Journaled, Masked, Toolbox, Tools, Workbench, in_full
from .comparing import blocking
from .holding import as_told
from .judging import checked
from .outcome import recorded_report
from .ownership import MayWrite
from .resources import Resources

ALONE = ("syntax", "lint", "placeholders")
"""The checks that say something of tests without what they test."""


async def _nowhere(report: CheckReport) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class Scope:
    """Which faults an agent is told of as it works."""

    baseline: str = ""
    """Digest of what the checks said before the run: what is no fault of the run's is marked as such."""
    checks: Collection[str] | None = None
    """Names of the checks that run; None: all that block and show whether it works."""
    told: Sequence[Finding] = ()
    """Faults that stand in its task."""
    elsewhere: Callable[[CheckReport], Awaitable[frozenset[str]]] = _nowhere
    """Says which faults, by their signatures, are of what others write."""
    hidden: Mapping[str, FileContent] = field(default_factory=dict[str, FileContent])
    """Held-out tests, which are run where nothing else is left; of those that fail only the criterion is told."""

    def has(self, check: Check) -> bool:
        """Whether a check runs beside the work, which waits for it: what is dangerous is looked for at the end."""
        if self.checks is not None:
            return check.name in self.checks
        return check.blocking and (check.name not in SECURITY or check.name in {found.check for found in self.told})


def tools_for(
    resources: Resources, sandbox: Sandbox, may_write: MayWrite, version: str, role: Role, scope: Scope
) -> Toolbox:
    """The tools of `role` at work in `sandbox`, journaled."""
    known = set(in_full(scope.told))
    used = [each for each in resources.kit.checks if scope.has(each)]

    async def check() -> Checked:
        report = await checked(resources, sandbox, version, used)
        before = await recorded_report(resources, scope.baseline) if scope.baseline else None
        old = old_faults(report, before) if before else frozenset[str]()
        made = Checked(report, old, await scope.elsewhere(report) - old, frozenset(known))
        if scope.hidden and not any(found.severity == "error" for found in made.left):
            made = replace(made, report=await _with_hidden(resources, sandbox, report, scope.hidden))
        known.update(in_full(made.left, known))
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


async def _with_hidden(
    resources: Resources, sandbox: Sandbox, report: CheckReport, hidden: Mapping[str, FileContent]
) -> CheckReport:
    """`report` with what the held-out tests find, in a fork that holds them.

    Nothing else is told of that run: the code under test could read them there, and let other tests tell it.
    """
    async with forked(sandbox) as fork:
        await fork.write(hidden)
        run = await checked(resources, fork, report.version, [Tests()])
    found = tuple(as_told([finding for finding in run.findings if finding.file in hidden], hidden))
    lost = tuple(as_told([finding for finding in run.findings if not finding.file], hidden))
    result = CheckResult(check="held-out tests", status="failed" if found or lost else "passed", findings=found or lost)
    return report.model_copy(update={"results": (*report.results, result)})


def old_faults(report: CheckReport, before: CheckReport) -> frozenset[str]:
    """Signatures of the faults of `report`, warnings too, that were there `before` a run and so do not block it."""
    known = {finding.signature for finding in before.remarks}
    new = {finding.signature for finding in blocking(report, before, known)}
    old = {finding.signature for finding in report.findings} - new
    return frozenset(old | {finding.signature for finding in report.remarks} & known)
