from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..config import load_settings
from ..config.task import Suite, Task
from ..config.tasking import find_suite, suite_names
from ..experiments.tasks import Furnished, TaskProven, chosen, make_bugs, prove
from ..experiments.tasks.importing import import_suite
from ..state.text import counted, visible
from .execution import DELIVERED, NOT_DELIVERED, cancelled_by_signals, execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway suite check`, `bugs`, `import` and `list`."""

    async def command() -> int:
        match arguments.action:
            case "check":
                with cancelled_by_signals():
                    return await _check(arguments)
            case "bugs":
                with cancelled_by_signals():
                    return await _bugs(arguments)
            case "import":
                with cancelled_by_signals():
                    return await _import(arguments)
            case _:
                return _list(arguments)

    return execute(command)


async def _check(arguments: argparse.Namespace) -> int:
    settings, suite = load_settings(arguments.set), find_suite(arguments.suite)
    tasks = chosen(suite, arguments.task)
    width = max(len(task.id) for task in tasks)
    proven: list[TaskProven] = []
    async for each in prove(tasks, settings):
        proven.append(each)
        if not arguments.json:
            print(visible("\n".join(_lines(each, width))), flush=True)
    broken = sum(not each.holds for each in proven)
    if arguments.json:
        print(json.dumps({**_facts(suite), "holds": not broken, "proven": [_told(each) for each in proven]}))
    else:
        print(f"{suite.name} ({suite.digest[:12]}): {len(proven) - broken} of {counted(len(proven), 'task')} hold")
    return NOT_DELIVERED if broken else DELIVERED


def _lines(proven: TaskProven, width: int) -> list[str]:
    task, bugs = proven.task, counted(_bugs_of(proven.task), "bug")
    held = sum(proof.holds for proof in proven.proofs)
    facts = f"{task.family:9}  {bugs:>8}  {held} of {len(proven.proofs)} claims  {proven.seconds:.1f} s"
    said = [f"{proof.claim}: {proof.said}" for proof in proven.proofs if not proof.holds] + [*proven.notes]
    return [f"{'ok  ' if proven.holds else 'FAIL'} {task.id.ljust(width)}  {facts}", *(f"     {each}" for each in said)]


def _told(proven: TaskProven) -> dict[str, object]:
    wrong = [{"claim": proof.claim, "said": proof.said} for proof in proven.proofs if not proof.holds]
    return {
        "task": proven.task.id, "digest": proven.task.digest, "holds": proven.holds,
        "claims": [proof.claim for proof in proven.proofs], "wrong": wrong, "notes": list(proven.notes),
        "seconds": round(proven.seconds, 3),
    }  # fmt: skip


async def _bugs(arguments: argparse.Namespace) -> int:
    made: list[Furnished] = []
    async for each in make_bugs(Path(arguments.directory), load_settings(arguments.set), arguments.task):
        made.append(each)
        if not arguments.json:
            print(visible("\n".join(_made(each))), flush=True)
    if arguments.json:
        print(json.dumps([_furnished(each) for each in made]))
    return NOT_DELIVERED if any(each.wrong for each in made) else DELIVERED


def _made(made: Furnished) -> list[str]:
    effects = Counter(bug.effect for bug in made.bugs)
    sets = len({bug.fails for bug in made.bugs})
    facts = f"{effects['wrong']} wrong, {effects['crash']} crash, {counted(sets, 'set')} of failing tests"
    said = f"{counted(len(made.bugs), 'bug')} ({facts}) of {counted(made.tried, 'candidate')}"
    wrong = [f"     {proof.claim}: {proof.said}" for proof in made.wrong]
    return [f"{'FAIL' if made.wrong else 'ok  '} {made.file or made.task}: {said}", *wrong]


def _furnished(made: Furnished) -> dict[str, object]:
    wrong = [{"claim": proof.claim, "said": proof.said} for proof in made.wrong]
    bugs = [bug.model_dump(mode="json", exclude_defaults=True) for bug in made.bugs]
    return {"task": made.task, "file": made.file, "tried": made.tried, "bugs": bugs, "wrong": wrong}


async def _import(arguments: argparse.Namespace) -> int:
    settings, into = load_settings(arguments.set), Path(arguments.into)
    imported = await import_suite(arguments.kind, Path(arguments.source), into, settings)
    if arguments.json:
        skipped = [{"name": each.name, "reason": each.reason} for each in imported.skipped]
        print(json.dumps({**_facts(imported.suite), "folder": str(into.resolve()), "skipped": skipped}))
        return DELIVERED
    for each in imported.skipped:
        print(visible(f"left out {each.name}: {each.reason}"))
    print(f"{into} holds {counted(len(imported.suite.tasks), 'task')}; prove them: slipway suite check {into}")
    return DELIVERED


def _list(arguments: argparse.Namespace) -> int:
    suites = [find_suite(name) for name in ([arguments.suite] if arguments.suite else suite_names())]
    if arguments.json:
        lines = [json.dumps(_facts(suite)) for suite in suites]
    elif arguments.suite:
        lines = _table(suites[0].tasks)
    else:
        width = max((len(suite.name) for suite in suites), default=0)
        lines = [f"{s.name.ljust(width)}  {counted(len(s.tasks), 'task')}: {s.summary}" for s in suites]
    print(visible("\n".join(lines)))
    return DELIVERED


def _table(tasks: Sequence[Task]) -> list[str]:
    """A line a task: its id, family and pack, and what there is of it."""
    ids, packs = (max(map(len, texts)) for texts in zip(*((task.id, task.pack) for task in tasks), strict=True))
    return [
        f"{task.id.ljust(ids)}  {task.family:9}  {task.pack.ljust(packs)}  {counted(len(task.steps), 'request'):10}  "
        f"{counted(_bugs_of(task), 'bug'):>7}  {'' if task.playable else 'not '}playable"
        for task in tasks
    ]


def _bugs_of(task: Task) -> int:
    return sum(len(step.bugs) for step in task.steps)


def _facts(suite: Suite) -> dict[str, object]:
    tasks = [
        {
            "task": task.id, "family": task.family, "summary": task.summary, "pack": task.pack,
            "requests": len(task.steps), "bugs": _bugs_of(task), "playable": task.playable,
        }
        for task in suite.tasks
    ]  # fmt: skip
    return {"suite": suite.name, "digest": suite.digest, "summary": suite.summary, "tasks": tasks}
