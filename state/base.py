"""What the stores promise, and the ways in which they fail.

    StateError
      StateUnavailable   the server cannot be reached, started or trusted with data
      StateLost          it went away while a run went on
      StateConflict      a compare-and-set lost: somebody else wrote first
      FenceLost          a newer token holds the run: this process must stop
      LeaseHeld          another process holds the run
      UnknownRun, UnknownProject, UnknownVersion, UnknownCheckpoint, UnknownExperiment
      RunExists          the id of a new run is taken
      TooLate            a message has come to a run that has ended, or is parked already
      OverBudget         a call does not fit under the cap of a level
      OverQuota          the contents do not fit into the project
      UnknownType        a value of a type that checkpoints may not hold
      CorruptState       what was read is not what was written

Every step of a run that writes does so in one script, which first compares the run's fencing token (Kleppmann, "How to
do distributed locking", 2016): a process that lost its lease cannot write, however late it wakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .records import ENDED, FileRef, Level, Measure

_UNITS: dict[Measure, str] = {"steps": " model calls", "tokens": " tokens", "cost_usd": ""}


class StateError(Exception):
    """Anything that went wrong with the state."""


class StateUnavailable(StateError):
    """The server cannot be reached or started, or must not be used; the message names it and the next step."""


class StateLost(StateError):
    """The server went away while a run went on; what was recorded is kept, and the run can be resumed."""


class StateConflict(StateError):
    """A compare-and-set lost; nothing was written."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(
            f"somebody else changed {', '.join(map(repr, paths))} first; read the branch again and repeat the change"
        )
        self.paths = tuple(paths)
        """The paths that were not as expected, sorted."""


class FenceLost(StateError):
    """A newer token holds the run; nothing was written, and this process must not go on with it."""

    def __init__(self, run: str, token: int, current: int) -> None:
        held = f"token {current} holds it" if current else "no lease on it is recorded"
        super().__init__(f"run {run!r} is no longer held by token {token}: {held}; stop here, or resume the run")
        self.run = run
        self.token = token
        self.current = current
        """The token that holds the run now; 0 where none is recorded."""


class LeaseHeld(StateError):
    """Another process holds the run, and is not known to be dead."""

    def __init__(self, run: str, holder: str, seconds_left: float) -> None:
        super().__init__(
            f"run {run!r} is held by {holder}, for {seconds_left:.1f} s more unless it renews; "
            f"wait for it, or end it with: slipway pause {run}, or slipway cancel {run}"
        )
        self.run = run
        self.holder = holder
        self.seconds_left = seconds_left


class UnknownRun(StateError):
    """No such run; it never was, or its time to live passed."""

    def __init__(self, run: str, newest: Sequence[str] = ()) -> None:
        known = f"the newest are {', '.join(newest)}" if newest else "there are no runs"
        super().__init__(f"no run {run!r}; {known}")
        self.run = run
        self.newest = tuple(newest)
        """The ids of the newest runs that exist."""


class UnknownProject(StateError):
    """No such project."""

    def __init__(self, project: str) -> None:
        super().__init__(f"no project {project!r}; create it first")
        self.project = project


class UnknownVersion(StateError):
    """A project has no such version, or a run has no branch to make one on."""

    def __init__(self, project: str, what: str) -> None:
        super().__init__(f"project {project!r} has no {what}")
        self.project = project


class UnknownCheckpoint(StateError):
    """A run has no such checkpoint; it never was, or it was dropped."""

    def __init__(self, run: str, checkpoint: str) -> None:
        super().__init__(f"run {run!r} has no checkpoint {checkpoint!r}; list those that it has, and name one of them")
        self.run = run
        self.checkpoint = checkpoint


class UnknownExperiment(StateError):
    """No such experiment; it never was, or it was removed."""

    def __init__(self, experiment: str, known: Sequence[str] = ()) -> None:
        there = f"there are {', '.join(known)}" if known else "there are none; begin one: slipway experiment run SPEC"
        super().__init__(f"no experiment {experiment!r}; {there}")
        self.experiment = experiment


class RunExists(StateError):
    """A run of this id exists; ids are used once."""

    def __init__(self, run: str) -> None:
        super().__init__(f"run {run!r} exists; resume it, or start a run with a new id")
        self.run = run


class TooLate(StateError):
    """A message has come to a run that has ended, or that is to be parked and is so already; it was not kept."""

    def __init__(self, run: str, status: str) -> None:
        how, step = ("has ended", "look at it") if status in ENDED else ("is parked already", "go on with it")
        command = "show" if status in ENDED else "resume"
        super().__init__(f"run {run!r} {how}: {status}; {step}: slipway {command} {run}")
        self.run = run
        self.status = status


class NotHeeded(StateError):
    """The process that holds a run has not done yet what it was told; it will, or whoever takes the run over."""

    def __init__(self, run: str, what: str, holder: str, seconds: float) -> None:
        super().__init__(
            f"run {run!r} was told to {what}, but {holder} has not done so within {seconds:g} s; "
            f"it will once it goes on; or stop that process, then: slipway {what} {run}"
        )
        self.run = run
        self.holder = holder


class OverBudget(StateError):
    """A call does not fit under the cap of a level; nothing was reserved on any."""

    def __init__(
        self, account: Account, stage: str, level: Level, measure: Measure, *, used: float, wanted: float, cap: float
    ) -> None:
        daily, said = level == "tenant_day", _number(measure, cap) + _UNITS[measure]
        taken = "" if level == "call" else f"{_number(measure, used)} used or reserved, "
        super().__init__(
            f"{_owner(account, stage, level)} is limited to {said}{' a day (UTC)' if daily else ''}: {taken}up to "
            f"{_number(measure, wanted)} for the next call; {'wait for tomorrow, or ' if daily else ''}raise that: "
            f"slipway resume {account.run} {_raised(level, measure)}"
        )
        self.level: Level = level
        self.measure: Measure = measure
        self.used = used
        """Settled and reserved."""
        self.wanted = wanted
        self.cap = cap


def _owner(account: Account, stage: str, level: Level) -> str:
    owners: dict[Level, str] = {
        "call": f"one call of run {account.run!r}", "stage": f"stage {stage!r} of run {account.run!r}",
        "run": f"run {account.run!r}", "project": f"project {account.project!r}",
        "tenant_day": f"tenant {account.tenant!r}",
    }  # fmt: skip
    return owners[level]


def _number(measure: Measure, number: float) -> str:
    return f"${number:.4f}" if measure == "cost_usd" else f"{number:,.0f}"


def setting_of(level: Level, measure: Measure) -> str:
    """The setting that bounds a level."""
    return f"limits.max_{measure}" if level == "run" else f"limits.{level}.max_{measure}"


def _raised(level: Level, measure: Measure) -> str:
    """What raises a cap on the command line."""
    unit = "USD" if measure == "cost_usd" else "N"
    own = f"--max-{measure.removesuffix('_usd')} {unit}"
    return own if level == "run" else f"--set {setting_of(level, measure)}={unit}"


class OverQuota(StateError):
    """Contents do not fit into what a project may hold; none of them was stored."""

    def __init__(self, project: str, used: int, wanted: int, allowed: int) -> None:
        super().__init__(
            f"project {project!r} holds {used / 2**20:.1f} MiB, and {wanted / 2**20:.1f} MiB more do not fit into the "
            f"{allowed / 2**20:.1f} that it may hold; raise limits.project_mb, or free what nobody needs: slipway gc"
        )
        self.project = project
        self.used = used
        """Bytes stored, or about to be by other calls."""
        self.wanted = wanted
        """Bytes that were to be added."""
        self.allowed = allowed
        """Bytes."""


class UnknownType(StateError):
    """A value of a type that is not on the saver's allow-list."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a checkpoint may not hold a {name}; use plain JSON, or allow the type where the saver is made"
        )
        self.name = name
        """`module.Name`."""


class CorruptState(StateError):
    """A value is missing or is not what was written."""

    def __init__(self, owner: str, key: str, why: str) -> None:
        super().__init__(f"the state of {owner} is corrupt at {key!r}: {why}; restore it from a backup, or start anew")
        self.owner = owner
        """Whose state it is, for example `run 'r1'`."""
        self.key = key


@dataclass(frozen=True)
class Fence:
    """The right to write to a run, given by its lease; a larger token ends it."""

    run: str
    token: int


@dataclass(frozen=True)
class Account:
    """Who pays for a call, from the narrow to the wide."""

    run: str
    project: str
    tenant: str = "default"


@dataclass(frozen=True)
class Spend:
    """What a call may take, or took."""

    steps: int = 0
    """Model calls."""
    tokens: int = 0
    """In and out."""
    cost_usd: float = 0.0

    def __add__(self, other: Spend) -> Spend:
        """Both together."""
        return Spend(self.steps + other.steps, self.tokens + other.tokens, self.cost_usd + other.cost_usd)


@dataclass(frozen=True)
class Standing:
    """What one level has used."""

    settled: Spend
    open: Spend
    """Reserved by calls that are in flight, or died."""


@dataclass(frozen=True)
class Change:
    """What a step did to one path; None stands for no file."""

    expected: FileRef | None
    """What the step started from; the publish fails if the branch holds anything else."""
    new: FileRef | None


@dataclass(frozen=True)
class HeadMove:
    """A version became the head of its project."""

    version: str
    run: str | None
    """The run that delivered it; None where the project was made, or a person moved its head."""
    at: datetime


@dataclass(frozen=True)
class Swept:
    """What a sweep deleted."""

    blobs: int = 0
    bytes: int = 0
    manifests: int = 0

    def __add__(self, other: Swept) -> Swept:
        """Both together."""
        return Swept(self.blobs + other.blobs, self.bytes + other.bytes, self.manifests + other.manifests)


@dataclass(frozen=True)
class Revision:
    """A state of a run's branch."""

    number: int
    """How many publishes led to it."""
    version: str
    """The version that it holds."""
