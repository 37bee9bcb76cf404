from __future__ import annotations

from collections.abc import Callable, Sequence

from ..sandboxes import Sandbox
from ..state.records import CheckReport, Plan
from ..tools import CODING, Journaled, Masked, Toolbox, Tools, Workbench
from .judging import checked
from .resources import Resources

MayWrite = Callable[[str], str | None]


def only(files: Sequence[str], owner: str) -> MayWrite:
    """Allow writing `files` and nothing else."""

    def may_write(path: str) -> str | None:
        if path in files:
            return None
        return f"{path} does not belong to {owner}, which owns {', '.join(files)}; write only these"

    return may_write


def repairs(plan: Plan) -> MayWrite:
    """Allow writing what the plan's components own; the tests are locked."""
    owned = [path for component in plan.components for path in component.files]

    def may_write(path: str) -> str | None:
        if path in plan.tests:
            return f"{path} is a locked test; repair the code, or use report_problem if the test contradicts the brief"
        return only(owned, "this plan")(path)

    return may_write


def tools_for(resources: Resources, sandbox: Sandbox, may_write: MayWrite, version: str) -> Toolbox:
    """The tools of an agent at work in `sandbox`, journaled."""

    async def check() -> CheckReport:
        return await checked(resources, sandbox, version)

    tools = Masked(Tools(CODING, Workbench(sandbox, may_write, check), resources.tracer), resources.secrets)
    return Journaled(
        tools,
        resources.journal,
        resources.projects,
        resources.record.project,
        resources.fence,
        sandbox,
        resources.tracer,
    )
