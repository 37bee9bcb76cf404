"""Whether the tests that prove a run's work notice faults in it, and what their writer is told where they do not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from pydantic import TypeAdapter

from ..checks import criterion_of, is_test_file, mutate, of_pytest
from ..sandboxes import Sandbox
from ..state.projects.patches import patches
from ..state.records import Brief, Component, MutationResult, Plan
from ..telemetry import names
from .judging import once
from .outcome import MUTATIONS
from .resources import Resources
from .state import RunState

NOTICED = 0.7
"""The share of faults that the tests of a component have to notice."""
_OF_KEPT = 10
"""Faults for the tests of a criterion that held before; one has to be noticed."""
_RESULT = TypeAdapter(MutationResult)
_SECONDS = 60.0
"""For each component or criterion; faults that were not tried by then do not count."""


async def of_components(
    run: Resources, step: str, sandbox: Sandbox, state: RunState, most: int
) -> tuple[MutationResult, ...]:
    """What the plan's tests notice of at most `most` faults in what the run wrote of each component."""
    plan, new = Plan.model_validate(state["plan"]), await _written(run, state)
    wrote = {each: {path: new[path] for path in each.files if path in new} for each in plan.components}
    found = [await _of_component(run, step, sandbox, c, plan.tests, own, most) for c, own in wrote.items() if own]
    return tuple(found)


async def _of_component(
    run: Resources, step: str, sandbox: Sandbox, component: Component, tests: Sequence[str],
    lines: dict[str, frozenset[int]], most: int,
) -> MutationResult:  # fmt: skip
    what = [component.id, str(most), *(f"{path}:{sorted(numbers)}" for path, numbers in lines.items())]
    tried = partial(mutate, sandbox, component.id, list(lines), tests, most=most, seconds=_SECONDS, lines=lines)
    return await _recorded(run, step, what, sandbox, tried)


async def _written(run: Resources, state: RunState) -> dict[str, frozenset[int]]:
    """The lines of each Python file that are the run's own."""
    projects, project = run.projects, run.record.project
    old, new = [await projects.files(project, version) for version in (state["base"], state["version"])]
    changed = {patch.path: patch.added() for patch in patches(old, new) if patch.path.endswith(".py")}
    return {path: lines for path, lines in changed.items() if lines}


async def of_kept(
    run: Resources, step: str, sandbox: Sandbox, state: RunState, passed: Collection[str]
) -> tuple[MutationResult, ...]:
    """What the tests of criteria that held before notice, of those that were green before there was a change.

    `passed`: the tests that passed now. Such a test never was red: it has to be seen to fail. Only pytest's are tried.
    """
    kept = [criterion.id for criterion in Brief.model_validate(state["brief"]).criteria if criterion.kept]
    before = [test for test in of_pytest(state["vacuous"]) if test in passed]
    tests = {name: sorted(test for test in before if criterion_of(test) == name) for name in kept}
    files = sorted(path for path in await sandbox.snapshot() if path.endswith(".py") and not is_test_file(path))
    told = {name: own for name, own in tests.items() if own and files}  # without any Python there is no fault to notice
    return tuple([await _of_criterion(run, step, sandbox, name, files, own) for name, own in told.items()])


async def _of_criterion(
    run: Resources, step: str, sandbox: Sandbox, criterion: str, files: Sequence[str], tests: Sequence[str]
) -> MutationResult:
    tried = partial(mutate, sandbox, criterion, files, tests, most=_OF_KEPT, seconds=_SECONDS, executed=True)
    return await _recorded(run, step, [criterion, *tests], sandbox, tried)


async def _recorded(
    run: Resources, step: str, what: Sequence[str], sandbox: Sandbox, tried: Callable[[], Awaitable[MutationResult]]
) -> MutationResult:
    async def found() -> MutationResult:
        with run.tracer.span(f"{names.SPAN_CHECK} faults", slipway__step=step):
            return await tried()

    return await once(run, step, ["mutate", *what], sandbox, _RESULT, found)


def unnoticed(components: Sequence[MutationResult], kept: Sequence[MutationResult]) -> list[str]:
    """What the tests have to notice and do not, as texts for their writer; the first line of each says what it is."""
    weak = [each for each in components if each.score is not None and each.score < NOTICED]
    blind = [each for each in kept if not each.noticed and not each.not_run]
    return [*map(_weak, weak), *map(_blind, blind)]


def _weak(result: MutationResult) -> str:
    lines = "".join(f"\n  {survivor}" for survivor in result.survivors)
    return f"the tests notice {tally(result)}, and {NOTICED:.0%} are needed{lines}"


def _blind(result: MutationResult) -> str:
    return f"{result.component}: its tests were green before the change, and notice {tally(result)}: they prove nothing"


def let_pass(state: RunState) -> list[str]:
    """What the tests of the newest version have to notice and do not; empty too where that was not tried."""
    last = state.get("mutated", [])[-1:]
    return [text for each in last if each["version"] == state["version"] for text in each["unnoticed"]]


def tally(result: MutationResult) -> str:
    """How many faults were noticed, in words."""
    if result.score is None:
        return f"no fault of {result.component} ({result.reason or 'there was no time for one'})"
    return f"{result.noticed} of {result.tried} faults put into {result.component}"


async def stored(run: Resources, results: Sequence[MutationResult]) -> str:
    """Keep `results` with the project, and return their digest."""
    [digest] = await run.projects.put_blobs(run.record.project, run.fence, [MUTATIONS.dump_json(tuple(results))])
    return digest
