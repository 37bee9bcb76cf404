"""Bugs for tasks: faults that the hidden check refuses and that a test shows, chosen so that they differ."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...checks.sessions import CollectError, Ran
from ...checks.tests import is_testing
from ...config import Settings, UsageError
from ...config.task import Bug, Task
from ...config.tasking import load_suite, load_task
from ...graphs.holding import is_held_out
from .checking import Proof, chosen, refused, texts_of
from .choosing import Choice, Shown
from .faults import Candidate, candidates
from .trying import Trial, edit_of, failing, open_grounds, together
from .writing import bugs_file

BY_HAND = frozenset({"omission", "signature", "other"})
"""Kinds of bugs that people write; they are kept as they are."""
_TRIED, _TRIED_IN_A_FILE = 60, 16
"""Candidates that are run."""
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
        seconds = _PAUSE + _SLOWER * clean.seconds
        kept = await _with_fails(trial, usual, seconds)
        choice = Choice(trial, kept, taken)
        found = _sampled(trial, choice)
        bugs = await choice.made(await _shown(trial, found, usual, seconds))
    proofs = [proof for of_one in await together(_held(trial, bug) for bug in kept) for proof in of_one]
    wrong = tuple(proof for proof in proofs if not proof.holds)
    return Furnished(trial.task.id, "", (*kept, *bugs), len(found), wrong)


async def _with_fails(trial: Trial, usual: Sequence[str], seconds: float) -> tuple[Bug, ...]:
    """The bugs that people wrote, with the tests that fail of them."""
    edits = [edit_of(trial.after, bug, bug.new) for bug in trial.step.bugs]
    ran = await trial.sessions(edits, seconds)
    pairs = zip(trial.step.bugs, ran, strict=True)
    return tuple(bug.model_copy(update={"fails": failing(one, usual)}) for bug, one in pairs)


async def _held(trial: Trial, bug: Bug) -> list[Proof]:
    """Whether a bug that was written by hand is one."""
    proofs = [await refused(trial, f"bug {bug.id}: {place}", bug, text) for place, text in texts_of(bug)]
    visible = any(map(_can_be_seen, bug.fails))
    return [*proofs, Proof(f"bug {bug.id}: fails", visible, "no test that can be seen fails of it; write one")]


def _can_be_seen(test: str) -> bool:
    return not is_held_out(test.partition("::")[0])


# --- what is tried ----------------------------------------------------------------------------------------------------


def _sampled(trial: Trial, choice: Choice) -> list[Candidate]:
    """Candidates that may be chosen, spread over the reference's files and over kinds; the same for the same task."""
    chance = random.Random(f"{trial.task.id} {trial.number}")
    found: list[Candidate] = []
    for file in sorted(trial.step.reference):
        if file.endswith(".py") and not is_testing(file):
            every = candidates(file, trial.after[file], trial.before.get(file, b""))
            chance.shuffle(every)
            found += _spread([each for each in every if choice.fits(each)], _TRIED_IN_A_FILE)
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


async def _shown(trial: Trial, found: Sequence[Candidate], usual: Sequence[str], seconds: float) -> list[Shown]:
    """Those of which three texts are."""
    texts = [(each, text) for each in found for text in each.texts]
    ran = await trial.sessions([edit_of(trial.after, each, text) for each, text in texts], seconds)
    telling: dict[Candidate, list[tuple[str, Ran]]] = {}
    for (candidate, text), one in zip(texts, ran, strict=True):
        if one is not None and _tells(one, usual):
            telling.setdefault(candidate, []).append((text, one))
    return [
        Shown(each, tuple(text for text, _ in told), failing(told[0][1], usual), _effect(told[0][1]))
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
