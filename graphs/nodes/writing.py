from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...state.records import Brief, Plan
from ..judging import tests_in
from ..sharing import at_hand
from ..state import RunContext, RunState, Writing
from ..steps import publish, step, workspace
from ..workbench import only, tools_for


async def code(state: Writing, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Write one component, in a sandbox of its own."""
    brief, plan = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"])
    component, base = plan.component(state["component"]), state["version"]
    async with (
        at_hand(config, runtime) as run,
        step(run, f"code/{component.id}", "code", "coder") as running,
        workspace(run, base) as sandbox,
    ):
        may_write = only(component.files, f"component {component.id!r}")
        files = sorted(await sandbox.snapshot())
        desk = run.desk("coder", running.path)
        work = await agents.code(desk, tools_for(run, sandbox, may_write, base), brief, plan, component, files)
        running.usage, running.note = work.usage, work.note
        await publish(run, running, base, sandbox, may_write)
    return {"stages": running.done()}


async def write_tests(state: Writing, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Write the tests, beside the first wave: the tester's sandbox holds none of the code that they will judge."""
    brief, plan, base = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"]), state["version"]
    async with (
        at_hand(config, runtime) as run,
        step(run, "write_tests", "write_tests", "tester") as running,
        workspace(run, base) as sandbox,
    ):
        may_write = only(plan.tests, "the tester")
        desk = run.desk("tester", running.path)
        work = await agents.write_tests(desk, tools_for(run, sandbox, may_write, base), brief, plan)
        running.usage, running.note = work.usage, work.note
        await publish(run, running, base, sandbox, may_write)
        # There is no code yet: a test that passes now would pass whatever is written.
        tests = await tests_in(run, running.path, sandbox)
        passed = [test.id for test in tests if test.status == "passed"]
        vacuous = [test for test in passed if test.partition("::")[0] in plan.tests]
    return {"vacuous": vacuous, "stages": running.done()}


async def integrate(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Join a wave: the branch now holds what all of it published."""
    async with at_hand(config, runtime) as run:
        revision = await run.projects.branch(run.record.project, run.record.id, run.record.base)
    return {"version": revision.version, "wave": state["wave"] + 1}
