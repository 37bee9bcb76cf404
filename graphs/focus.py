"""What agents are shown of the code: the map of a project, and for a repair what the failing tests judge.

All of it follows from the files' bytes and the run's records alone, so that a step that runs again asks the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise, zip_longest

from ..agents import Tried, View
from ..state.projects.patches import patches
from ..state.records import Finding, Plan
from ..tools.code import ImportGraph, code_map, excerpt, guidance, is_test, modules_under_test
from .holding import held_out
from .resources import Resources
from .state import Round

_SHOWN = 20_000
"""Characters of one file."""
_ALL = 60_000
"""Characters of all files together."""
_MAP = 2_000
"""Tokens of a project's map."""
_PATCH = 4_000
"""Characters of what one repair changed."""


async def sources_for(
    run: Resources, version: str, plan: Plan, findings: Sequence[Finding], executed: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The newest text of the files that the findings are about.

    First those that they name, then those that the failing tests have `executed`, then the modules under test by what
    is imported, then what all these import; where that is none of the plan's, all of them. Of tests those are left out
    of which none fails.
    """
    files = await contents(run, version)
    held = held_out(plan)
    named = list(dict.fromkeys(f.file for f in findings if f.file))
    owned = [path for component in plan.components for path in component.files]
    graph = await asyncio.to_thread(ImportGraph.of, files)
    tested = [path for name in named if is_test(name) for path in modules_under_test(graph, name, owned)]
    chosen = [path for path in [*named, *ran_through(executed, owned), *tested] if path not in held]
    shown = {
        **files,
        **{name: _failing(name, files[name], findings) for name in named if name in files and is_test(name)},
    }
    used = [path for name in chosen if not is_test(name) for path in graph.imports(name) if path in owned]
    return texts_of(shown, [*chosen, *(used if set(chosen) & set(owned) else owned)])


def _failing(path: str, data: bytes, findings: Sequence[Finding]) -> bytes:
    """A file of tests without those that pass, where all that is wrong with it is that tests fail."""
    names = [found.rule or "" for found in findings if found.file == path]
    if not all("::" in name for name in names):
        return data
    keep = {name.partition("[")[0].rpartition("::")[2] for name in names}
    return excerpt(data.decode("utf-8", "replace"), keep).encode()


def texts_of(files: Mapping[str, bytes], paths: Iterable[str]) -> dict[str, str]:
    """The texts of those of `paths` that are among `files`, each of them and all together within bounds."""
    texts: dict[str, str] = {}
    left = _ALL
    for path in dict.fromkeys(paths):
        if path in files and left > 0:
            texts[path] = files[path].decode("utf-8", "replace")[: min(_SHOWN, left)]
            left -= len(texts[path])
    return texts


def ran_through(executed: Mapping[str, Sequence[str]], owned: Collection[str]) -> list[str]:
    """The files that tests executed, each as `executed_by` says it: what is `owned` first, then what is most telling.

    The most telling file of each test comes before the second of any.
    """
    rounds = zip_longest(*([place.rpartition(":")[0] for place in places] for places in executed.values()))
    paths = dict.fromkeys(path for each in rounds for path in each if path)
    return sorted(paths, key=lambda path: path not in owned)


async def contents(run: Resources, version: str) -> dict[str, bytes]:
    """The files of `version`, without what tells whether they are executable."""
    files = await run.projects.files(run.record.project, version)
    return {path: data for path, (data, _) in files.items()}


async def viewed(files: Mapping[str, bytes], *, task: str, focus: Collection[str] = ()) -> View:
    """What is shown of a project to who has `task` to do there."""
    if not files:
        return View()
    # Seconds for a large project, in which others go on.
    shown = await asyncio.to_thread(code_map, files, focus=focus, words=[task], tokens=_MAP)
    return View(shown, {each.path: each.text for each in guidance(files)})


async def tried(run: Resources, history: Sequence[Round], plan: Plan) -> tuple[Tried, ...]:
    """What led from each version to the next, without held-out tests, and what still blocked after it."""
    project, held, made = run.record.project, held_out(plan), []
    for before, after in pairwise(history):
        versions = [await run.projects.files(project, each["version"]) for each in (before, after)]
        old, new = ({path: file for path, file in files.items() if path not in held} for files in versions)
        text = b"".join(line for patch in patches(old, new) for line in patch.lines(binary=False))
        left = len(set(after["signatures"]) & set(before["signatures"]))
        made.append(Tried(text.decode("utf-8", "replace")[:_PATCH] or "(it changed nothing)", left))
    return tuple(made)
