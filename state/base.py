"""What the stores promise, and the ways in which they fail.

    StateError
      StateUnavailable   the server cannot be reached, started or trusted with data
      StateLost          it went away while a run went on
      StateConflict      a compare-and-set lost: somebody else wrote first
      FenceLost          a newer token holds the run: this process must stop
      LeaseHeld          another process holds the run
      UnknownRun, UnknownProject, UnknownVersion
      RunExists          the id of a new run is taken
      OverBudget         the reservation does not fit under the cap
      UnknownType        a value of a type that checkpoints may not hold
      CorruptState       what was read is not what was written

Every step of a run that writes does so in one script, which first compares the run's fencing token (Kleppmann, "How to
do distributed locking", 2016): a process that lost its lease cannot write, however late it wakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .records import FileRef


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
            "wait for it, or stop that process"
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


class RunExists(StateError):
    """A run of this id exists; ids are used once."""

    def __init__(self, run: str) -> None:
        super().__init__(f"run {run!r} exists; resume it, or start a run with a new id")
        self.run = run


class OverBudget(StateError):
    """A reservation does not fit under the cap; nothing was reserved."""

    def __init__(self, spent: float, cap: float) -> None:
        super().__init__(f"${spent:.4f} of ${cap:.4f} are spent or reserved; raise the cap to go on")
        self.spent = spent
        """USD settled and reserved."""
        self.cap = cap
        """USD allowed."""


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
class Change:
    """What a step did to one path; None stands for no file."""

    expected: FileRef | None
    """What the step started from; the publish fails if the branch holds anything else."""
    new: FileRef | None


@dataclass(frozen=True)
class Revision:
    """A state of a run's branch."""

    number: int
    """How many publishes led to it."""
    version: str
    """The version that it holds."""
