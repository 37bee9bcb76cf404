from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ... import agents
from ...agents import Proving, View, template_of
from ...checks import criterion_of
from ...checks.tests import is_testing
from ...config import Role
from ...state.records import Brief, Component, Manifest, Plan
from ..conversing import kept, said
from ..focus import contents, texts_of, viewed
from ..holding import held_out
from ..judging import loading, vacuous_in
from ..mutating import let_pass
from ..outcome import proofs_of, recorded_report
from ..ownership import alone, named, of_component, of_tests
from ..resources import Resources
from ..routes import ATTEMPTS
from ..scoping import elsewhere
from ..sharing import at_hand
from ..state import Move, RunContext, RunState, Writing
from ..steps import Step, publish, put, step, workspace
from ..workbench import ALONE, Scope, tools_for


async def code(state: Writing, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Write one component, in a sandbox of its own; anew where that did not work before."""
    brief, plan = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"])
    component, base, attempt = plan.component(state["component"]), state["version"], state["attempt"]
    path = f"code/{component.id}/{attempt + 1}" if attempt else f"code/{component.id}"
    async with (
        at_hand(config, runtime, plan=plan) as run,
        run.writing,  # a bound on the nodes of the graph would count the tester, too, and make the last component wait
        step(run, path, "code", "coder") as running,
        workspace(run, base, without=held_out(plan)) as sandbox,
    ):
        may_write, before = of_component(plan, component), await sandbox.snapshot()
        desk = run.desk("coder", running.path, whole=plan.open)
        scope = Scope(state["baseline_report"], elsewhere=partial(elsewhere, sandbox, plan, component))
        toolbox = tools_for(run, sandbox, may_write, base, "coder", scope)
        proving = _proving(component, before)
        missing = proving.owed if proving else frozenset[str]()
        view = replace(
            await _view(run, plan, base),
            sources=texts_of(await contents(run, base), component.files),
            models=template_of(run.kit.pack, missing.__contains__),
        )
        work = await agents.code(desk, toolbox, brief, plan, component, view, state["findings"], proving)
        running.did(work)
        await publish(run, running, base, sandbox, may_write, since=before)
    return {"stages": running.done()}


def _proving(component: Component, before: Manifest) -> Proving | None:
    """When the checks run as a component is written, which is none that names no files."""
    files = frozenset(component.files)
    return Proving(owed=files - before.keys(), ends=files) if files else None


async def _view(run: Resources, plan: Plan, version: str) -> View:
    """What a writer is shown: the same for all of a wave, since providers cache a prompt by its beginning."""

    async def make() -> View:
        owned = [path for component in plan.components for path in component.files]
        files = {path: data for path, data in (await contents(run, version)).items() if path not in plan.tests}
        return await viewed(files, task=plan.summary, focus=owned)

    return await run.views.get((version, plan), make)


async def solo(state: Writing, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Let one agent write the code and its tests, in one sandbox and one conversation."""
    brief, plan, base = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"]), state["version"]
    async with (
        at_hand(config, runtime, plan=plan) as run,
        step(run, "solo", "code", "coder") as running,
        workspace(run, base) as sandbox,
    ):
        may_write = alone(plan)
        desk = run.desk("coder", running.path, await said(run, state.get("talk", "")), whole=True)
        toolbox = tools_for(run, sandbox, may_write, base, "coder", Scope(state["baseline_report"]))
        work = await agents.solo(desk, toolbox, brief, plan, await _view(run, plan, base))
        running.did(work)
        version = await publish(run, running, base, sandbox, may_write)
        vacuous = await vacuous_tests(run, running, await as_written(run, plan, base, version), base, version)
        talk = await kept(run, work.messages)
    return {"vacuous": vacuous, "stages": running.done(), **talk}


async def write_tests(state: Writing, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Write the tests, beside the first wave: a tester's sandbox holds none of the code that they will judge.

    Without a tester it is a coder who writes them, last, with the code in sight.
    """
    brief, plan, base = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"]), state["version"]
    async with at_hand(config, runtime, plan=plan) as run:
        role = run.record.lineup.plays("tester")
        async with step(run, "write_tests", "write_tests", role) as running, workspace(run, base) as sandbox:
            may_write = of_tests(plan, f"the {role}")
            desk = run.desk(role, running.path)
            toolbox = tools_for(run, sandbox, may_write, base, role, _scope_of_tests(state, role))
            files = frozenset(plan.tests)
            proving = Proving(owed=files, ends=files) if files else None
            tested = any(map(is_testing, await sandbox.snapshot()))
            models = {} if tested else template_of(run.kit.pack, is_testing)
            work = await agents.write_tests(desk, toolbox, brief, plan, models=models, proving=proving)
            running.did(work)
            version = await publish(run, running, base, sandbox, may_write)
            # Not the code, which others write meanwhile: what is found out must not depend on who is faster.
            written = await as_written(run, plan, run.record.base, version)
            plan = plan.model_copy(update={"tests": written.tests})
            if role == "tester":
                vacuous = await vacuous_in(run, running.path, sandbox, plan) if plan.tests else []
            else:
                vacuous = await vacuous_tests(run, running, plan, run.record.base, version)
    return {"vacuous": vacuous, "stages": running.done()}


def _scope_of_tests(state: RunState | Writing, role: Role) -> Scope:
    """What is told of tests as they are written: a tester has nothing at hand that they could be run on."""
    return Scope(state["baseline_report"], ALONE if role == "tester" else None)


async def strengthen(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Let the tester mend what its tests do not prove. It sees the old code, but not the new."""
    brief, plan = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"])
    async with at_hand(config, runtime, plan=plan) as run:
        proofs = proofs_of(state, await recorded_report(run, state["report"]))
        unproven = [proof.criterion for proof in proofs if proof.status == "unproven"]
        unnoticed = let_pass(state)
        why = [*state["weak"], *unnoticed, *(_why(state, criterion) for criterion in unproven)]
        move: Move = "sharpen" if unnoticed else "strengthen"
        return await _tests_again(run, state, brief, plan, None, why, move)


async def retest(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Let the tester rewrite the tests that were found to be wrong."""
    brief, plan = Brief.model_validate(state["brief"]), Plan.model_validate(state["plan"])
    why = [f"{dispute['test']} contradicts its criterion: {dispute['reason']}" for dispute in state["disputes"]]
    files = tuple(dict.fromkeys(dispute["test"].partition("::")[0] for dispute in state["disputes"]))
    async with at_hand(config, runtime, plan=plan) as run:
        return {"disputes": [], **await _tests_again(run, state, brief, plan, files, why, "retest")}


async def _tests_again(
    run: Resources, state: RunState, brief: Brief, plan: Plan, files: tuple[str, ...] | None, why: list[str], move: Move
) -> dict[str, Any]:
    number = sum(stage["stage"] == "write_tests" for stage in state["stages"]) + 1
    role = run.record.lineup.plays("tester")
    shown = state["base"] if role == "tester" else state["version"]
    async with step(run, f"write_tests/{number}", "write_tests", role) as running:
        async with workspace(run, shown) as sandbox:
            await put(run, sandbox, state["version"], plan.tests)
            may_write = of_tests(plan, f"this task of the {role}", files)
            desk = run.desk(role, running.path, await said(run, state.get("talk", "")))
            before = await sandbox.snapshot()
            toolbox = tools_for(run, sandbox, may_write, state["base"], role, _scope_of_tests(state, role))
            work = await agents.write_tests(desk, toolbox, brief, plan, why, proving=Proving())
            running.did(work)
            version = await publish(run, running, state["version"], sandbox, may_write, since=before)
        plan = await as_written(run, plan, state["base"], version)
        vacuous = await vacuous_tests(run, running, plan, state["base"], version)
        talk = await kept(run, work.messages)
    made = {"version": version, "move": move, "vacuous": vacuous, "stages": running.done(), **talk}
    return {**made, "plan": plan.model_dump(mode="json")}


async def as_written(run: Resources, plan: Plan, base: str, version: str) -> Plan:
    """`plan` with the files that were written on `base`, where it is open."""
    if not plan.open:
        return plan
    before, after = [await run.projects.manifest(run.record.project, each) for each in (base, version)]
    return named(plan, before, after)


async def vacuous_tests(run: Resources, running: Step, plan: Plan, base: str, version: str) -> list[str]:
    """The plan's tests of `version` that would pass whatever was written on `base`."""
    if not plan.tests:
        return []
    async with workspace(run, base) as sandbox:
        await put(run, sandbox, version, plan.tests)
        return await vacuous_in(run, running.path, sandbox, plan)


def _why(state: RunState, criterion: str) -> str:
    vacuous = [test for test in state["vacuous"] if criterion_of(test) == criterion]
    if vacuous:
        return f"{criterion}: {', '.join(vacuous)} passes although nothing was written yet, so it proves nothing"
    return f"{criterion}: no test that is named after it ran to its end"


async def integrate(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
    """Join a wave: the branch now holds what all of it published, and each component of it has to load."""
    plan = Plan.model_validate(state["plan"])
    async with at_hand(config, runtime, plan=plan) as run:
        revision = await run.projects.branch(run.record.project, run.record.id, state["base"])
        written = _written(state, plan)
        attempts = {**state["attempts"], **{name: state["attempts"].get(name, 0) + 1 for name in written}}
        path = f"integrate/{sum(attempts.values())}"
        plan = await as_written(run, plan, state["base"], revision.version)
        broken = await loading(run, path, revision.version, plan, written) if written else {}
    again = {name: texts for name, texts in broken.items() if attempts[name] < ATTEMPTS}
    rewritten = state.get("move") in ("again", "rewrite")
    return {
        "plan": plan.model_dump(mode="json"),
        "version": revision.version,
        "wave": state["wave"] if again or rewritten else state["wave"] + 1,
        "attempts": attempts,
        "broken": {} if rewritten else again,
        "move": state.get("move", "write"),
    }


def _written(state: RunState, plan: Plan) -> list[str]:
    """The components that the wave wrote which ends here."""
    if state["broken"]:
        return list(state["broken"])
    waves = plan.waves()
    if plan.route == "solo":
        return [component.id for component in plan.components]
    return [*waves[state["wave"]]] if state["wave"] < len(waves) else []  # behind the last one there are only tests
