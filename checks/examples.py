from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Literal

from ..config.pack import Example, Pack
from ..sandboxes import FileContent, Sandbox, SandboxRefusal
from ..state.records import CheckResult
from .base import Subject
from .conventions import Conventions
from .runner import result_of
from .sessions import forked

TEMPLATE = "template"
"""The example that every pack has: what its template holds, as it is."""

Place = tuple[str, str]
"""A rule and a file."""


@dataclass(frozen=True)
class Tried:
    """What the check said of one example, beside what it should say."""

    kind: Literal["pass", "fail"]
    name: str
    expected: tuple[Place, ...]
    """Sorted; of an example that passes, none."""
    found: tuple[Place, ...]
    not_run: str = ""
    """Why the check could not tell; then nothing holds."""

    @property
    def holds(self) -> bool:
        """What is found is what is expected, no less and no more."""
        return not self.not_run and self.expected == self.found


async def try_examples(pack: Pack, sandbox: Sandbox) -> AsyncIterator[Tried]:
    """Run the check on each example of `pack`, the template first, in forks of `sandbox`, which stays empty."""
    yield await _try(pack, Example(name=TEMPLATE, files={}), "pass", sandbox)
    for example in pack.passing:
        yield await _try(pack, example, "pass", sandbox)
    for example in pack.failing:
        yield await _try(pack, example, "fail", sandbox)


def unproven(pack: Pack) -> list[str]:
    """What keeps the examples from proving the rules, each with the next step: a rule needs one of either kind."""
    passing = {example.name for example in pack.passing}
    failing = {expected.rule for example in pack.failing for expected in example.expected}
    said: list[str] = []
    for rule in pack.rules:
        if rule.id not in passing:
            said.append(f"rule {rule.id!r} has no example that passes; add examples/pass/{rule.id}/")
        if rule.id not in failing:
            said.append(f"rule {rule.id!r} has no example that fails; add examples/fail/{rule.id}/ with expected.yaml")
    return said


async def _try(pack: Pack, example: Example, kind: Literal["pass", "fail"], sandbox: Sandbox) -> Tried:
    async with forked(sandbox) as fork:
        try:
            await fork.write({path: FileContent(data) for path, data in pack.project(example).items()})
            result = await result_of(Conventions(pack), Subject(fork, await fork.snapshot()))
        except SandboxRefusal as error:
            reason = f"its files cannot be written: {error}"
            result = CheckResult(check=Conventions.name, status="not_run", reason=reason)
    expected = _places((one.rule, one.file) for one in example.expected)
    return Tried(kind, example.name, expected, _found(result), result.reason if result.status == "not_run" else "")


def _found(result: CheckResult) -> tuple[Place, ...]:
    return _places((each.rule or "", each.file or "") for each in result.findings)


def _places(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(set(places)))
