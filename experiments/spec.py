"""A spec becomes an experiment: its names are resolved, and what is wrong in it is found before anything is spent."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..agents import check_prompts
from ..config import ConfigurationError, KeyMissing, Lineup, Settings, find_pack, overridden, parse_lineup
from ..config.loader import read_yaml
from ..config.mistakes import mistakes
from ..config.task import FAMILIES, Suite, Task
from ..config.tasking import find_suite, suite_names
from ..graphs.kits import NONE, needed
from ..graphs.limits import Asked, limits_of
from ..graphs.records import check_request
from ..graphs.resources import check_sandbox
from ..graphs.run import checked_lineup
from ..state.records import Cap, RunLimits
from .base import Cell, Experiment, Spec
from .seeds import seeded, simulated

_WHERE_IT_IS = ("redis", "folders")
"""Settings that say where the state is, which an experiment shares with its runs."""


@dataclass(frozen=True)
class Design:
    """An experiment with all that its cells need."""

    experiment: Experiment
    tasks: Mapping[str, Task]
    """By id; those of its cells."""
    settings: Settings
    """Those of its runs."""

    @property
    def spec(self) -> Spec:
        """What the person wrote."""
        return self.experiment.spec

    @property
    def limits(self) -> RunLimits:
        """Those of each run."""
        return limits_of(self.settings.limits, Asked(**self.spec.limits.model_dump()))

    @property
    def most_per_run(self) -> float | None:
        """USD; None: there is no limit."""
        return self.limits.run.cost_usd


def read_spec(file: str | Path) -> tuple[Spec, Path]:
    """The spec in `file`, and the folder that names in it are relative to. ConfigurationError."""
    path = Path(file)
    return parse_spec(read_yaml(path), source=str(path)), path.absolute().parent


def parse_spec(data: Any, *, source: str) -> Spec:
    """A spec from plain data. ConfigurationError names all that is wrong."""
    if not isinstance(data, Mapping):
        raise ConfigurationError(f"{source}: must hold a mapping with name, suite and lineups")
    try:
        return Spec.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(f"{source}: {'; '.join(mistakes(error, Spec))}") from error


def designed(spec: Spec, folder: Path, settings: Settings, *, source: str = "the spec") -> Design:
    """The experiment that `spec` describes, whose names are relative to `folder`. ConfigurationError.

    `source` is where the spec stands, for errors.
    """
    place = spec.suite if spec.suite in suite_names() else _below(folder, spec.suite)
    suite = _suite(spec, place)
    tasks = _tasks(spec, suite)
    lineups = {label: _lineup(spec, label, folder, source) for label in spec.lineups}
    experiment = Experiment(
        spec=spec, suite=place, lineups=lineups, cells=tuple(_cells(spec, lineups, tasks)), created=datetime.now(UTC)
    )
    return Design(experiment, {task.id: task for task in tasks}, _settings(spec, settings))


def recorded(experiment: Experiment, settings: Settings) -> Design:
    """The design of an experiment that is recorded. ConfigurationError where its suite is not what it was."""
    spec = experiment.spec
    tasks = {task.id: task for task in _suite(spec, experiment.suite).tasks}
    for cell in experiment.cells:
        if cell.task not in tasks or tasks[cell.task].digest != cell.task_digest:
            raise ConfigurationError(
                f"experiment {spec.name!r}: the task {cell.task!r} of {experiment.suite!r} is not what it was; "
                "run its spec, which has the cells of changed tasks done anew: slipway experiment run SPEC"
            )
    return Design(experiment, tasks, _settings(spec, settings))


async def check_design(design: Design) -> None:
    """Whether runs of each cell could begin: models, prompts, tasks, packs, requests, sandboxes.

    What packs depend on is installed. ConfigurationError, UsageError, SandboxUnavailable, DependenciesRefused.
    """
    experiment, settings = design.experiment, design.settings
    capped = design.limits.run.over(Cap(cost_usd=design.spec.budget_usd))  # of an experiment, too: prices must be known
    limits = design.limits.model_copy(update={"run": capped})
    for label, lineup in experiment.lineups.items():
        with _in_lineup(experiment.name, label):
            chosen = await asyncio.to_thread(checked_lineup, seeded(lineup, 0, experiment.suite), limits)
            await asyncio.to_thread(check_prompts, chosen)
    used = [design.tasks[name] for name in dict.fromkeys(cell.task for cell in experiment.cells)]
    _check_played(experiment, used)
    for task in used:
        for step in task.steps:
            check_request(step.request, None)
    for name in dict.fromkeys(task.pack for task in used):
        pack = None if name == NONE else await asyncio.to_thread(find_pack, name)
        await check_sandbox(settings, needed(pack))


def _check_played(experiment: Experiment, tasks: Sequence[Task]) -> None:
    """ConfigurationError where the simulated developer is to do what it cannot play: that would count as a failure."""
    played = [label for label, lineup in experiment.lineups.items() if simulated(lineup)]
    unknown = [task.id for task in tasks if not task.playable]
    if played and unknown:
        raise ConfigurationError(
            f"experiment {experiment.name!r}: line-up {', '.join(map(repr, played))}: the simulated developer cannot "
            f"play {', '.join(unknown)} (no play.yaml); leave such tasks out, or name a real model"
        )


def _suite(spec: Spec, place: str) -> Suite:
    try:
        return find_suite(place)
    except ConfigurationError as error:
        raise ConfigurationError(f"experiment {spec.name!r}: suite: {error}") from error


def _tasks(spec: Spec, suite: Suite) -> tuple[Task, ...]:
    if not spec.tasks:
        raise ConfigurationError(f"experiment {spec.name!r}: tasks: is empty; name some, or leave the key out for all")
    for pattern in spec.tasks:
        if not any(_fits(task, pattern) for task in suite.tasks):
            raise ConfigurationError(
                f"experiment {spec.name!r}: tasks: {pattern!r} fits none of the suite {suite.name!r}, which has "
                f"{', '.join(task.id for task in suite.tasks)}; families are {', '.join(FAMILIES)}"
            )
    return tuple(task for task in suite.tasks if any(_fits(task, each) for each in spec.tasks))


def _fits(task: Task, pattern: str) -> bool:
    return pattern == task.family or fnmatchcase(task.id, pattern)


def _lineup(spec: Spec, label: str, folder: Path, source: str) -> Lineup:
    given = spec.lineups[label]
    with _in_lineup(spec.name, label):
        if isinstance(given, Mapping):
            written = parse_lineup({"name": label, **given}, source=source, folder=folder)
            return checked_lineup(written, RunLimits())
        beside = folder / given
        return checked_lineup(str(beside) if beside.is_file() else given, RunLimits())


@contextmanager
def _in_lineup(experiment: str, label: str) -> Generator[None]:
    """Has errors say which line-up they are about."""
    try:
        yield
    except KeyMissing as error:
        advice = "export a key, or name another model, such as simulated:tier-b, which needs none"
        raise ConfigurationError(f"experiment {experiment!r}: line-up {label!r}: {error.fact}; {advice}") from error
    except ConfigurationError as error:
        raise ConfigurationError(f"experiment {experiment!r}: line-up {label!r}: {error}") from error


def _settings(spec: Spec, settings: Settings) -> Settings:
    source = f"experiment {spec.name!r}: settings"
    if odd := [key for key in spec.settings if key.partition(".")[0] in _WHERE_IT_IS]:
        raise ConfigurationError(f"{source}: {odd[0]!r} says where the state is; set that with --set, or in a variable")
    return overridden(settings, spec.settings, source=source)


def _cells(spec: Spec, lineups: Mapping[str, Lineup], tasks: tuple[Task, ...]) -> Iterator[Cell]:
    """What is compared is done next to each other, so that an experiment that is cut short can be judged."""
    for repeat, seed, task, (label, lineup) in product(
        range(1, spec.repeats + 1), dict.fromkeys(spec.seeds), tasks, lineups.items()
    ):
        yield Cell(
            lineup=label,
            lineup_digest=lineup.digest,
            task=task.id,
            task_digest=task.digest,
            family=task.family,
            seed=seed,
            repeat=repeat,
            terms=spec.terms,
        )


def _below(folder: Path, name: str) -> str:
    """A folder that a spec names, absolute where it is there."""
    place = (folder / Path(name).expanduser()).resolve()
    return str(place) if place.is_dir() else name
