"""A suite is proven before anything is measured with it: references are accepted, and nothing that is wrong is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from ...config import Settings, UsageError, load_settings
from ...config.task import Bug, Files, Suite, Task
from ...config.tasking import find_suite
from ...sandboxes import ExecResult, SandboxRefusal
from ...state.records import Brief, Plan
from ...state.text import visible
from .trying import Grounds, Trial, edit_of, failing, open_grounds, together, with_fault


@dataclass(frozen=True)
class Proof:
    """One thing that has to hold of a task, and whether it does."""

    claim: str
    """What it is about, such as `2/bug off-by-one: new`: a task with one request has no number in it."""
    holds: bool
    said: str = ""
    """What is wrong, and the next step; empty where it holds."""


@dataclass(frozen=True)
class TaskProven:
    """All that was tried of one task."""

    task: Task = field(repr=False)
    proofs: tuple[Proof, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Everything about it holds."""
        return all(proof.holds for proof in self.proofs)

    @property
    def notes(self) -> tuple[str, ...]:
        """What its claims say nothing of, because the task does not have what would show it; it holds all the same."""
        steps = self.task.steps
        bare, unplayed = [not step.bugs for step in steps], [step.play is None for step in steps]
        return (
            *_note(bare, "no planted bugs", "what its acceptance check notices is unknown"),
            *_note(unplayed, "no play", "the simulated developer cannot play it"),
        )


@dataclass(frozen=True)
class SuiteProven:
    """All that was tried of a suite."""

    suite: Suite = field(repr=False)
    tasks: tuple[TaskProven, ...]

    @property
    def holds(self) -> bool:
        """Everything about its tasks holds."""
        return all(task.holds for task in self.tasks)


def _note(lacks: Sequence[bool], what: str, so: str) -> Iterator[str]:
    """`what` is lacking, with the requests of a sequence that lack it where others have it."""
    if any(lacks):
        places = ", ".join(f"{number}/" for number, lacking in enumerate(lacks, 1) if lacking)
        yield f"{what}{'' if all(lacks) else f' in {places}'}: {so}"


async def check_suite(
    suite: Suite | str | Path, *, tasks: Sequence[str] = (), settings: Settings | None = None
) -> SuiteProven:
    """Prove a suite, given by itself, by name or by folder, in sandboxes; `tasks`: only those of it.

    UsageError where it has no such task; ConfigurationError where it cannot be read; SandboxUnavailable and
    DependenciesRefused as for a run.
    """
    found = suite if isinstance(suite, Suite) else await asyncio.to_thread(find_suite, str(suite))
    proven = [each async for each in prove(chosen(found, tasks), settings or load_settings())]
    return SuiteProven(found, tuple(proven))


def chosen(suite: Suite, names: Sequence[str]) -> tuple[Task, ...]:
    """The tasks of `suite` that are named, or all where none is. UsageError where there is no such task."""
    try:
        return tuple(suite.task(name) for name in names) or suite.tasks
    except KeyError as error:
        raise UsageError(f"{error.args[0]}; name one of these") from None


async def prove(tasks: Sequence[Task], settings: Settings) -> AsyncIterator[TaskProven]:
    """Try `tasks` one after the other."""
    async with open_grounds(settings) as grounds:
        for task in tasks:
            started = time.perf_counter()
            proofs = await _prove(task, grounds)
            yield TaskProven(task, tuple(proofs), time.perf_counter() - started)


async def _prove(task: Task, grounds: Grounds) -> list[Proof]:
    proofs: list[Proof] = []
    for number in range(len(task.steps)):
        place = f"{number + 1}/" if len(task.steps) > 1 else ""
        trial = await grounds.trial(task, number)
        found = [*_played(trial), *await _tried(trial)]
        proofs += [replace(each, claim=f"{place}{each.claim}", said=_told(each)) for each in found]
    return proofs


def _told(proof: Proof) -> str:
    return "" if proof.holds else visible(proof.said)


# --- what is planned --------------------------------------------------------------------------------------------------


def _played(trial: Trial) -> Iterator[Proof]:
    """Whether what the simulated architect answers can be used, and is about this task."""
    play, task = trial.step.play, trial.task
    if play is None:
        return
    try:
        brief = Brief.model_validate(play.brief)
        yield Proof("brief", task.opaque in brief.goal, f"its goal does not name {task.opaque}; write it there")
        yield from _required(brief, trial)
    except ValidationError as error:
        yield Proof("brief", False, _said(error))
    try:
        plan = Plan.model_validate(play.plan)
        yield Proof("plan", task.opaque in plan.summary, f"its summary does not name {task.opaque}; write it there")
    except ValidationError as error:
        yield Proof("plan", False, _said(error))
    yield from _apart(trial)


def _required(brief: Brief, trial: Trial) -> Iterator[Proof]:
    told = [trial.step.request, *(answer.text for answer in trial.task.answers)]
    known = {each.id for each in brief.requirements}
    for each in brief.requirements:
        said = f"{each.text!r} is no part of the request or of an answer; copy a sentence of it as it stands"
        yield Proof(f"requirement {each.id}", any(each.text in text for text in told), said)
    for bug in trial.step.bugs:
        if bug.requirement:
            said = f"there is no requirement {bug.requirement!r}; name one of {', '.join(sorted(known))}"
            yield Proof(f"bug {bug.id}: requirement", bug.requirement in known, said)


def _apart(trial: Trial) -> Iterator[Proof]:
    """Whether bugs of one file can be put in at the same time, as they are where the task is played."""
    for bug in trial.step.bugs:
        others = [each for each in trial.step.bugs if each.file == bug.file and each.id != bug.id]
        files = [with_fault(trial.after, bug, text)[bug.file] for _, text in texts_of(bug)] if others else []
        hurt = [each.id for each in others if any(file.count(each.old.encode()) != 1 for file in files)]
        said = f"where it is, {', '.join(hurt)} cannot be put in; let no line of one be a line of another"
        yield Proof(f"bug {bug.id}: apart", not hurt, said)


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{key + ': ' if key else ''}{first['msg'].removeprefix('Value error, ')}; correct it in play.yaml"


# --- what is run ------------------------------------------------------------------------------------------------------


async def _tried(trial: Trial) -> list[Proof]:
    """Whether the hidden check and the tests tell right from wrong."""
    stub = {**trial.before, **trial.step.stub}
    name = "stub" if trial.step.stub else "what stood there before"
    wrong = [(f"bug {bug.id}: {place}", bug, text) for bug in trial.step.bugs for place, text in texts_of(bug)]
    try:
        first = [await _accepted(trial), *await _tested(trial)]
    except SandboxRefusal as error:
        return [Proof("reference", False, f"its files cannot be written: {error}; rename them")]
    tried = [_refused(trial, name, stub), *(refused(trial, claim, bug, text) for claim, bug, text in wrong)]
    return [*first, *await together(tried), *await _noticed(trial)]


async def refused(trial: Trial, claim: str, bug: Bug, text: str) -> Proof:
    """Whether the hidden check does not accept the reference with a `text` of `bug`."""
    return await _refused(trial, claim, with_fault(trial.after, bug, text))


def texts_of(bug: Bug) -> Iterator[tuple[str, str]]:
    """Each wrong text of a bug, with where it stands."""
    yield "new", bug.new
    yield from ((f"others.{number}", text) for number, text in enumerate(bug.others))


async def _accepted(trial: Trial) -> Proof:
    result = await trial.accepted(trial.after)
    return Proof("reference", result.ok, f"it is not accepted: {_end(result)}; correct it, or the acceptance check")


async def _refused(trial: Trial, claim: str, files: Files) -> Proof:
    try:
        result = await trial.accepted(files)
    except SandboxRefusal as error:
        return Proof(claim, False, f"its files cannot be written: {error}; rename them")
    return Proof(claim, not result.ok, "it is accepted; let the acceptance check notice what is wrong with it")


async def _tested(trial: Trial) -> list[Proof]:
    proofs: list[Proof] = []
    for result in await trial.tested():
        found = [f"{each.place + ': ' if each.file else ''}{each.message}" for each in result.findings]
        said = result.reason or "; ".join(found[:3]) or "nothing was found"
        proofs.append(Proof(result.check, result.status == "passed", f"on the reference: {said}; correct it"))
    return proofs


async def _noticed(trial: Trial) -> list[Proof]:
    """Whether the tests that fail of each bug are those that it names."""
    bugs = [bug for bug in trial.step.bugs if bug.fails or (trial.step.play and trial.tests)]
    edits = [edit_of(trial.after, bug, bug.new) for bug in bugs]
    [clean, *ran] = await trial.sessions([{}, *edits]) if bugs else [None]
    usual = tuple(clean.passed()) if clean else ()
    return [_as_told(bug, failing(each, usual)) for bug, each in zip(bugs, ran, strict=True)]


def _as_told(bug: Bug, fails: tuple[str, ...]) -> Proof:
    claim = f"bug {bug.id}: fails"
    if not bug.fails:
        said = "no test is named that fails of it" if fails else "no test of the reference fails of it"
    else:
        missing, more = sorted(set(bug.fails) - set(fails)), sorted(set(fails) - set(bug.fails))
        told = [f"{', '.join(missing)} did not fail"] if missing else []
        said = "; ".join([*told, f"{', '.join(more)} failed, too"] if more else told)
    return Proof(claim, bool(fails) and not said, f"{said}; `slipway suite bugs DIR` writes down which fail")


def _end(result: ExecResult) -> str:
    if result.timed_out:
        return f"it took longer than {result.seconds:.0f} s"
    lines = (result.stderr.text or result.stdout.text).strip().splitlines()
    return lines[-1] if lines else f"exit code {result.exit_code}"
