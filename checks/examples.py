from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..config.pack import Example, Pack
from ..sandboxes import FileContent, Sandbox, SandboxRefusal
from ..state.records import CheckResult
from .base import NotRun, Subject
from .conventions import Conventions
from .runner import result_of
from .sessions import forked

TEMPLATE = "template"
"""The example that every pack has: what its template holds, as it is."""

Place = tuple[str, str]
"""A rule and a file."""
Kind = Literal["pass", "fail"]


@dataclass(frozen=True)
class Tried:
    """What the check said of one example, beside what it should say."""

    kind: Kind
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
    flows = await _flows(pack, sandbox)
    yield await _try(pack, Example(name=TEMPLATE, files={}), "pass", sandbox, flows)
    for example in pack.passing:
        yield await _try(pack, example, "pass", sandbox, flows)
    for example in pack.failing:
        yield await _try(pack, example, "fail", sandbox, flows)


def unproven(pack: Pack) -> list[str]:
    """What keeps the examples from proving the rules, each with the next step: a rule needs one of either kind."""
    passing = {example.name for example in pack.passing}
    failing = {expected.rule for example in pack.failing for expected in example.expected}
    said: list[str] = []
    for rule in pack.all_rules:
        if rule.id not in passing:
            said.append(f"rule {rule.id!r} has no example that passes; add examples/pass/{rule.id}/")
        if rule.id not in failing:
            said.append(f"rule {rule.id!r} has no example that fails; add examples/fail/{rule.id}/ with expected.yaml")
    return said


@dataclass(frozen=True)
class _Flows:
    """What semgrep finds in the template's files, and in those of each example."""

    places: Mapping[str, Collection[Place]]
    """By folder: `KIND/NAME`."""
    not_run: str = ""

    def of(self, kind: Kind, example: Example) -> Iterator[Place]:
        """What it finds in an example, which lies over the template."""
        yield from self.places.get(f"{kind}/{example.name}", ())
        gone = {*example.files, *example.without}
        yield from (place for place in self.places.get(f"pass/{TEMPLATE}", ()) if place[1] not in gone)


async def _flows(pack: Pack, sandbox: Sandbox) -> _Flows:
    # Semgrep looks at each file by itself, which takes less than its start: all examples are put before it at once.
    if not pack.semgrep:
        return _Flows({})
    folders = {f"pass/{TEMPLATE}": pack.template}
    folders |= {f"pass/{each.name}": each.files for each in pack.passing}
    folders |= {f"fail/{each.name}": each.files for each in pack.failing}
    places: dict[str, list[Place]] = {}
    async with forked(sandbox) as fork:
        try:
            await fork.write(
                {f"{at}/{path}": FileContent(data) for at in folders for path, data in folders[at].items()}
            )
            found = await Conventions(pack).flows(Subject(fork, await fork.snapshot()))
        except SandboxRefusal as error:
            return _Flows({}, f"files of the examples cannot be written: {error}")
        except NotRun as error:
            return _Flows({}, str(error))
    for each in found:
        kind, name, path = (each.file or "").split("/", 2)
        places.setdefault(f"{kind}/{name}", []).append((each.rule or "", path))
    return _Flows(places)


async def _try(pack: Pack, example: Example, kind: Kind, sandbox: Sandbox, flows: _Flows) -> Tried:
    others = pack.model_copy(update={"semgrep": ()})
    async with forked(sandbox) as fork:
        try:
            await fork.write({path: FileContent(data) for path, data in pack.project(example).items()})
            result = await result_of(Conventions(others), Subject(fork, await fork.snapshot()))
        except SandboxRefusal as error:
            reason = f"its files cannot be written: {error}"
            result = CheckResult(check=Conventions.name, status="not_run", reason=reason)
    expected = _places((one.rule, one.file) for one in example.expected)
    found = _places([*_found(result), *flows.of(kind, example)])
    return Tried(kind, example.name, expected, found, result.reason if result.status == "not_run" else flows.not_run)


def _found(result: CheckResult) -> Iterator[Place]:
    return ((each.rule or "", each.file or "") for each in result.findings)


def _places(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(set(places)))
