"""Bugs for tasks: faults that the hidden check refuses and that a test shows, chosen so that they differ."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...checks.sessions import CollectError, Ran
from ...checks.tests import is_testing
from ...config import Settings, UsageError
from ...config.task import Bug, Files, Task
from ...config.tasking import load_suite, load_task
from ...graphs.holding import is_held_out
from .checking import Proof, chosen, refused, texts_of
from .faults import Candidate, candidates
from .trying import Trial, failing, open_grounds, together
from .writing import bugs_file

BY_HAND = frozenset({"omission", "signature", "other"})
"""Kinds of bugs that people write; they are kept as they are."""
_MOST, _MOST_IN_A_FILE = 12, 4
"""Bugs of one request, those by hand counted."""
_TRIED, _TRIED_IN_A_FILE = 60, 16
"""Candidates that are run."""
_APART = 2
"""Lines between two bugs, so that what stands around one is not changed by another."""
_PAUSE, _SLOWER = 3.0, 5.0
"""Tests that take so many times what they take without a fault, and a pause beside, hang."""


@dataclass(frozen=True)
class Furnished:
    """The bugs that a request of a task has now."""

    task: str
    file: str
    """The file that was written; empty: none was."""
    bugs: tuple[Bug, ...]
    tried: int
    """How many candidates were run."""
    wrong: tuple[Proof, ...]
    """What does not hold of the bugs that were written by hand."""


async def make_bugs(folder: Path, settings: Settings, tasks: Sequence[str] = ()) -> AsyncIterator[Furnished]:
    """Write the bugs of the task in `folder`, or of all tasks of the suite in it, request by request.

    Bugs that people wrote are kept and their `fails` filled; those that were made before are made anew. The same files
    get the same bugs. ConfigurationError where they cannot be read.
    """
    folder = folder.resolve()
    async with open_grounds(settings) as grounds:
        for task, place in await asyncio.to_thread(_found, folder, tasks):
            taken: set[str] = {bug.id for step in task.steps for bug in step.bugs}
            for number in range(len(task.steps)):
                step = place / str(number + 1) if len(task.steps) > 1 else place
                made = await _furnish(await grounds.trial(task, number), taken)
                yield await asyncio.to_thread(_written, step / "bugs.yaml", made)


def _written(file: Path, made: Furnished) -> Furnished:
    """Write what was made; a file of bugs that could not be tried is left as it is."""
    if not made.bugs and (made.wrong or not file.is_file()):
        return made
    file.write_text(bugs_file(made.bugs), encoding="utf-8")
    return replace(made, file=str(file))


def _found(folder: Path, names: Sequence[str]) -> list[tuple[Task, Path]]:
    if (folder / "suite.yaml").is_file():
        return [(task, folder / task.id) for task in chosen(load_suite(folder, kinds=BY_HAND), names)]
    if names:
        raise UsageError(f"{folder} is no suite, so that no task of it can be named; leave out --task")
    return [(load_task(folder, kinds=BY_HAND), folder)]


async def _furnish(trial: Trial, taken: set[str]) -> Furnished:
    kept, bugs, found = trial.step.bugs, list[Bug](), list[Candidate]()
    if trial.tests:
        [clean] = await trial.sessions([{}])
        usual = tuple(clean.passed()) if clean else ()
        if clean is None or not usual:
            wrong = Proof("tests", False, "none of the reference passes, so that no bug can be shown; correct them")
            return Furnished(trial.task.id, "", (), 0, (wrong,))
        seconds, found = _PAUSE + _SLOWER * clean.seconds, _sampled(trial)
        kept = await _with_fails(trial, usual, seconds)
        bugs = await _Choice(trial, kept, taken).made(await _shown(trial, found, usual, seconds))
    proofs = [proof for of_one in await together(_held(trial, bug) for bug in kept) for proof in of_one]
    wrong = tuple(proof for proof in proofs if not proof.holds)
    return Furnished(trial.task.id, "", (*kept, *bugs), len(found), wrong)


async def _with_fails(trial: Trial, usual: Sequence[str], seconds: float) -> tuple[Bug, ...]:
    """The bugs that people wrote, with the tests that fail of them."""
    edits = [_edit(trial.after, bug.file, bug.old, bug.new) for bug in trial.step.bugs]
    ran = await trial.sessions(edits, seconds)
    pairs = zip(trial.step.bugs, ran, strict=True)
    return tuple(bug.model_copy(update={"fails": failing(one, usual)}) for bug, one in pairs)


def _edit(files: Files, file: str, old: str, text: str) -> dict[str, str]:
    return {file: files[file].decode().replace(old, text)}


async def _held(trial: Trial, bug: Bug) -> list[Proof]:
    """Whether a bug that was written by hand is one."""
    proofs = [await refused(trial, f"bug {bug.id}: {place}", bug, text) for place, text in texts_of(bug)]
    visible = any(map(_can_be_seen, bug.fails))
    return [*proofs, Proof(f"bug {bug.id}: fails", visible, "no test that can be seen fails of it; write one")]


def _can_be_seen(test: str) -> bool:
    return not is_held_out(test.partition("::")[0])


# --- what is tried ----------------------------------------------------------------------------------------------------


def _sampled(trial: Trial) -> list[Candidate]:
    """Candidates of the reference's code, spread over its files and over kinds; the same for the same task."""
    chance = random.Random(f"{trial.task.id} {trial.number}")
    found: list[Candidate] = []
    for file in sorted(trial.step.reference):
        if file.endswith(".py") and not is_testing(file):
            every = candidates(file, trial.after[file], trial.before.get(file, b""))
            chance.shuffle(every)
            found += _spread(every, _TRIED_IN_A_FILE)
    return _spread(found, _TRIED)


def _spread(every: Sequence[Candidate], most: int) -> list[Candidate]:
    """At most `most`, of each file, function and kind in turn."""
    used: Counter[tuple[str, ...]] = Counter()
    ranked: list[tuple[int, int, Candidate]] = []
    for number, each in enumerate(every):
        keys = (each.file, each.kind), (each.file, each.function, each.kind)
        ranked.append((used[keys[0]] + used[keys[1]], number, each))
        used.update(keys)
    return [each for _, _, each in sorted(ranked, key=lambda entry: entry[:2])[:most]]


@dataclass(frozen=True)
class _Shown:
    """A candidate whose texts are shown by tests that can be seen."""

    candidate: Candidate
    texts: tuple[str, ...]
    fails: tuple[str, ...]
    """Of the first text."""
    effect: str


async def _shown(trial: Trial, found: Sequence[Candidate], usual: Sequence[str], seconds: float) -> list[_Shown]:
    """Those of which three texts are."""
    texts = [(each, text) for each in found for text in each.texts]
    ran = await trial.sessions([_edit(trial.after, each.file, each.old, text) for each, text in texts], seconds)
    telling: dict[Candidate, list[tuple[str, Ran]]] = {}
    for (candidate, text), one in zip(texts, ran, strict=True):
        if one is not None and _tells(one, usual):
            telling.setdefault(candidate, []).append((text, one))
    return [
        _Shown(each, tuple(text for text, _ in told), failing(told[0][1], usual), _effect(told[0][1]))
        for each, told in telling.items()
        if len(told) > 2
    ]


def _tells(ran: Ran, usual: Sequence[str]) -> bool:
    """Whether a session came to its end, with all its tests, and one failed that can be seen."""
    if ran.timed_out or not ran.whole or any(isinstance(line, CollectError) for line in ran.lines):
        return False
    return any(map(_can_be_seen, failing(ran, usual)))


def _effect(ran: Ran) -> str:
    """What the tests that failed saw: a wrong value in one of them, or nothing but errors."""
    said = [phase.message for phase in ran.phases if phase.outcome == "failed"]
    return "wrong" if any(each.startswith(("assert", "AssertionError", "Failed")) for each in said) else "crash"


# --- what is chosen ---------------------------------------------------------------------------------------------------


@dataclass
class _Choice:
    """Takes candidates one after the other, so that bugs differ in file, kind and failing tests."""

    trial: Trial
    by_hand: Sequence[Bug]
    taken: set[str]
    """Names that bugs of the task have."""
    bugs: list[Bug] = field(default_factory=list[Bug])

    async def made(self, shown: Sequence[_Shown]) -> list[Bug]:
        """At most as many bugs as there may be, none of which the hidden check accepts."""
        left = [each for each in shown if self._fits(each)]
        while left and len(self._all) < _MOST and (found := self._next(left)):
            left.remove(found)
            if texts := await self._refused(found):
                self.bugs.append(self._bug(found, texts))
                left = [each for each in left if self._fits(each)]
        return sorted(self.bugs, key=lambda bug: (bug.file, self._lines(bug)[0]))

    @property
    def _all(self) -> list[Bug]:
        return [*self.by_hand, *self.bugs]

    def _next(self, left: Sequence[_Shown]) -> _Shown | None:
        effects = Counter(bug.effect for bug in self._all)
        total = effects.total()
        wanted = "crash" if 5 * effects["crash"] + 4 <= total else "wrong"
        if not any(each.effect == wanted for each in left):
            if wanted == "wrong" and 5 * (effects["crash"] + 1) > total + 2:
                return None
            wanted = "wrong" if wanted == "crash" else "crash"
        sets = {frozenset(bug.fails) for bug in self._all}
        files, kinds = (Counter(getattr(bug, name) for bug in self._all) for name in ("file", "kind"))
        of_effect = [each for each in left if each.effect == wanted]
        return min(
            of_effect,
            key=lambda each: (
                frozenset(each.fails) in sets, files[each.candidate.file], kinds[each.candidate.kind], len(each.fails),
            ),
        )  # fmt: skip

    async def _refused(self, shown: _Shown) -> tuple[str, ...]:
        """Three texts, the first one first, none of which is accepted; none where there are no three."""
        each = shown.candidate
        edits = [_edit(self.trial.after, each.file, each.old, text) for text in shown.texts]
        written = ({path: text.encode() for path, text in edit.items()} for edit in edits)
        tried = await together(self.trial.accepted({**self.trial.after, **files}) for files in written)
        wrong = tuple(text for text, result in zip(shown.texts, tried, strict=True) if not result.ok)
        return wrong[:3] if len(wrong) > 2 and wrong[0] == shown.texts[0] else ()

    def _bug(self, shown: _Shown, texts: Sequence[str]) -> Bug:
        each = shown.candidate
        return Bug.model_validate({
            "id": self._name(each), "kind": each.kind, "effect": shown.effect, "file": each.file, "old": each.old,
            "new": texts[0], "others": texts[1:], "fails": shown.fails,
        })  # fmt: skip

    def _name(self, candidate: Candidate) -> str:
        stem = candidate.file.removesuffix(".py").rpartition("/")[2]
        words = re.sub(r"[^a-z0-9]+", "-", f"{candidate.kind}-{stem}-{candidate.function}".lower()).strip("-")
        number = 1
        while (name := words if number == 1 else f"{words}-{number}") in self.taken:
            number += 1
        self.taken.add(name)
        return name

    # Several bugs are put into one file at the same time.

    def _fits(self, shown: _Shown) -> bool:
        each = shown.candidate
        others = [bug for bug in self._all if bug.file == each.file]
        return len(others) < _MOST_IN_A_FILE and all(self._apart(each, shown.texts, bug) for bug in others)

    def _apart(self, candidate: Candidate, texts: Sequence[str], bug: Bug) -> bool:
        first, last = self._lines(bug)
        if candidate.first < last + _APART and first < candidate.last + _APART:
            return False
        source = self.trial.after[bug.file].decode()
        ours = all(source.replace(candidate.old, text).count(bug.old) == 1 for text in texts)
        return ours and all(source.replace(bug.old, t).count(candidate.old) == 1 for t in (bug.new, *bug.others))

    def _lines(self, bug: Bug) -> tuple[int, int]:
        source = self.trial.after[bug.file].decode()
        first = source[: source.index(bug.old)].count("\n")
        return first, first + bug.old.count("\n")
