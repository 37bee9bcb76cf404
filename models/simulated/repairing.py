"""How the simulated developer repairs: what it knows of each bug decides what it can do about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ...config.task import Bug
from ..endpoints import ToolCall
from .chance import draw, pick
from .known import Known, Sighting
from .odds import chance
from .options import Options
from .scene import Spot
from .toolkit import Toolkit
from .writing import names_of


@dataclass(frozen=True)
class Doing:
    """What is done next, and what was missing for doing better."""

    act: ToolCall | None
    misses: tuple[tuple[str, str], ...] = ()
    """Kind of the fact, and the bug."""


@dataclass(frozen=True)
class _Facts:
    """What is known of one bug of which a failing test is known."""

    bug: Bug
    error: bool
    """Whether the error of a test that fails of it is there."""
    sighting: Sighting | None


def repair(known: Known, tools: Toolkit, options: Options, files: Collection[str]) -> Doing | None:
    """The next act against what is known to be wrong in `files`; None where nothing is, or nothing can be done."""
    wrong = [facts for facts in _open(known, options) if facts.bug.file in files]
    for facts in wrong:
        if facts.sighting is not None:
            return _edit(known, tools, options, facts)
    unseen = [facts for facts in wrong if facts.sighting is None]
    if unseen and (reading := _read(known, tools, unseen)):
        return reading
    return _guess(known, tools, options, unseen[0]) if unseen else _by_chance(known, tools, options, files)


def _by_chance(known: Known, tools: Toolkit, options: Options, files: Collection[str]) -> Doing | None:
    """Repair what nobody complained about, where it happens to be noticed."""
    about = "blind", known.scene.task.id, known.scene.number
    for name, seen in known.sightings.items():
        spot = known.scene.spots[name]
        if seen.variant > 0 and spot.bug.file in files and draw(options.seed, *about, name) < options.blind:
            return Doing(_to(known, tools, spot, seen.variant, 0), (("failure", name),))
    return None


def _open(known: Known, options: Options) -> list[_Facts]:
    """The bugs of which a failing test is known, and what is known of each, as long as the test failed after it."""
    found: list[_Facts] = []
    made = {bug.id for bug in known.scene.chosen(options.seed, options.bugs)}
    for name, spot in known.scene.spots.items():
        seen = known.sightings.get(name)
        if seen is None and name not in made and spot.bug.kind not in ("omission", "signature"):
            continue
        if seen is not None and seen.variant == 0:
            continue
        failures = [known.failures[test] for test in names_of(spot.bug) if test in known.failures]
        fresh = [one for one in failures if seen is None or one.message >= seen.message]
        if fresh:
            found.append(_Facts(spot.bug, any(one.error for one in fresh), seen))
    return found


def _edit(known: Known, tools: Toolkit, options: Options, facts: _Facts) -> Doing:
    bug, seen = facts.bug, facts.sighting
    assert seen is not None, "only what was seen is edited"
    lacking = _lacking(known, facts)
    likely = options.blind if lacking else chance(bug, options) * _attention(known, options)
    attempt = max(seen.variant - 1, seen.changes)
    right = draw(options.seed, "repair", known.scene.task.id, known.scene.number, bug.id, attempt) < likely
    spot = known.scene.spots[bug.id]
    return Doing(_to(known, tools, spot, seen.variant, 0 if right else _next(spot, seen)), lacking)


def _lacking(known: Known, facts: _Facts) -> tuple[tuple[str, str], ...]:
    bug = facts.bug
    misses = [] if facts.error else [("error", bug.id)]
    if bug.kind == "omission" and not known.requirement(bug.requirement):
        misses.append(("requirement", bug.id))
    if bug.kind == "signature" and not known.interface(bug):
        misses.append(("interface", bug.id))
    return tuple(misses)


def _attention(known: Known, options: Options) -> float:
    """How much of the chance is left beside all that has nothing to do with the task."""
    if not options.distraction:
        return 1.0
    telling = {line for data in known.scene.after.values() for line in data.decode("utf-8", "replace").split("\n")}
    relevant = {line.strip() for line in telling}
    idle = sum(len(line.text) for line in known.prompt.lines if line.text not in relevant) / 4
    return 0.5 ** (idle / options.distraction)


def _next(spot: Spot, seen: Sighting) -> int:
    """The wrong text that comes after the one that is there."""
    return seen.variant % (len(spot.texts) - 1) + 1


def _to(known: Known, tools: Toolkit, spot: Spot, there: int, wanted: int) -> ToolCall | None:
    texts = spot.texts
    old, new = (f"{spot.above}{texts[number]}{spot.below}" for number in (there, wanted))
    return tools.edit(spot.bug.file, old, new)


def _read(known: Known, tools: Toolkit, unseen: list[_Facts]) -> Doing | None:
    """Look at the faulty file where it is spoken of; else at others that are, and may be it."""
    misses = tuple(("source", facts.bug.id) for facts in unseen)
    wanted = [facts.bug.file for facts in unseen if known.named(facts.bug.file)]
    others = [path for path in known.scene.code if known.named(path) and not known.seen(path)]
    paths = list(dict.fromkeys(path for path in (*wanted, *others) if not known.whole(path)))
    act = tools.read(paths) if paths else None
    return Doing(act, misses) if act else None


def _guess(known: Known, tools: Toolkit, options: Options, facts: _Facts) -> Doing:
    """Change something that is in sight: half of such guesses break what was right, the others change nothing."""
    about = "guess", known.scene.task.id, known.scene.number, facts.bug.id, len(known.prompt.messages)
    misses = (("source", facts.bug.id),)
    right = [name for name, seen in known.sightings.items() if seen.variant == 0]
    if right and tools.changes and draw(options.seed, *about) < 0.5:
        spot = known.scene.spots[pick(options.seed, right, *about, "which")]
        return Doing(_to(known, tools, spot, 0, 1), misses)
    return Doing(None, misses)
