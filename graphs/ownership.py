"""Who may write what: pure functions of the plan.

A plan that is open names no files. Its component may write whatever is not for tests, who writes tests whatever is, and
what was written becomes the plan's (`named`): from then on it is a plan like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..checks.browser import is_scenario_file
from ..checks.node import is_node_test_file
from ..checks.tests import is_testing
from ..state.records import Component, Manifest, Plan, steers_tests

MayWrite = Callable[[str], str | None]
"""Why a path may not be written; None if it may."""


def only(files: Sequence[str], owner: str) -> MayWrite:
    """Allow writing `files` and nothing else."""

    def may_write(path: str) -> str | None:
        if path in files:
            return None
        return f"{path} does not belong to {owner}, which owns {', '.join(files)}; write only these"

    return may_write


def of_component(plan: Plan, component: Component) -> MayWrite:
    """Allow writing what `component` owns."""
    return _code if plan.open else only(component.files, f"component {component.id!r}")


def of_tests(plan: Plan, owner: str, files: Sequence[str] | None = None) -> MayWrite:
    """Allow writing the plan's tests, or those of them in `files`."""
    return _tests if plan.open and files is None else only(plan.tests if files is None else files, owner)


def alone(plan: Plan) -> MayWrite:
    """Allow writing all that is in the plan, tests too."""
    if plan.open:
        return _all
    return only([*(path for component in plan.components for path in component.files), *plan.tests], "this plan")


def repairs(plan: Plan, *, disputes: bool = True) -> MayWrite:
    """Allow writing what the plan's components own; the tests are locked. `disputes`: who repairs may dispute one."""
    owned = [path for component in plan.components for path in component.files]
    instead = ", or use dispute_test if the test contradicts its criterion" * disputes

    def may_write(path: str) -> str | None:
        if path in plan.tests:
            return f"{path} is a locked test; repair the code{instead}"
        return _code(path) if plan.open else only(owned, "this plan")(path)

    return may_write


def named(plan: Plan, before: Manifest, after: Manifest) -> Plan:
    """`plan` with the files that the run wrote, those that are in `after` and were not, or another, `before`.

    A plan that is not open names them already.
    """
    if not plan.open:
        return plan
    written = sorted(path for path, ref in after.items() if before.get(path) != ref)
    tests = tuple(path for path in written if for_tests(path))
    code = tuple(path for path in written if path not in tests)
    components = tuple(component.model_copy(update={"files": code}) for component in plan.components)
    return plan.model_copy(update={"components": components, "tests": tests})


def for_tests(path: str) -> bool:
    """Whether `path` is there for tests of whatever kind."""
    return is_testing(path) or is_scenario_file(path) or is_node_test_file(path)


def _code(path: str) -> str | None:
    if for_tests(path):
        return f"{path} is for tests, which others write; write the code"
    return _all(path)


def _tests(path: str) -> str | None:
    return None if for_tests(path) else f"{path} is not for tests, and others write the code; write files under tests/"


def _all(path: str) -> str | None:
    if steers_tests(path) and not for_tests(path):
        return f"{path} decides how tests run, and nobody may write it"
    return None
