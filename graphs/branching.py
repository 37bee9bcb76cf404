"""What a run made becomes a branch of the git repository that its project was imported from."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from ..config import UsageError
from ..state import Outcome, ProjectStore, RunRecord, RunStore
from ..state.hazards import hazards
from ..state.projects import Import, Imports
from ..state.text import visible
from .sources import open_repository

Files = Mapping[str, tuple[bytes, bool]]
Changes = dict[str, tuple[bytes, bool] | None]

_TITLE = 68


@dataclass(frozen=True)
class Branched:
    """A branch that was made."""

    name: str
    commit: str
    """What it points to."""
    base: str
    """The commit that was imported."""
    uncommitted: str | None
    """The commit between the two, of what was not committed when it was imported."""
    paths: tuple[str, ...]
    """What the run changed, sorted."""
    left_out: Mapping[str, str]
    """Path -> why it stayed as it was."""


async def make_branch(
    redis: Redis, run: str, repository: str | Path, *, name: str | None = None, also: Iterable[str] = ()
) -> Branched:
    """Make the branch `name` (`slipway/RUN` where None) in the work tree `repository`, and point it to what `run` made.

    It begins with the commit that was imported; what was uncommitted then comes as a commit of its own. Files that
    would run something by themselves (`hazards`) stay as they are there unless `also` names them; what was left out at
    import stays, too. Work tree, index, hooks and filters are not touched. UsageError: the run has no files, its
    project was not imported from git, the commit is not there, the branch is, or nothing was changed; UnknownRun.
    """
    runs, projects = RunStore(redis), ProjectStore(redis)
    record, outcome = await runs.get(run), await runs.outcome(run)
    if outcome is None or outcome.version is None:
        raise UsageError(f"run {run!r} has no files yet; go on with it: slipway resume {run}")
    version, origin = await _origin(redis, projects, record)
    before = await projects.files(record.project, version)
    after = await projects.files(record.project, outcome.version)
    left_out = hazards(after, also)
    changes = {path: change for path, change in _changes(before, after).items() if path not in left_out}
    stayed = {path: why for path, why in left_out.items() if before.get(path) != after[path]}
    first: Changes = {path: before.get(path) for path in origin.uncommitted}
    work = _Work(Path(repository).expanduser().absolute(), name or f"slipway/{run}", origin, first, changes)
    made = await asyncio.to_thread(work.do, _message(record, outcome), record.created)
    return Branched(work.name, made[-1], work.base, made[0] if made[1:] else None, tuple(sorted(changes)), stayed)


async def _origin(redis: Redis, projects: ProjectStore, record: RunRecord) -> tuple[str, Import]:
    found = await Imports(redis, record.project, projects).of(record.base, record.created)
    if found is None or found[1].commit is None:
        raise UsageError(
            f"project {record.project!r} was not imported from a git commit, so a branch has nothing to begin with; "
            f"get a patch with `slipway diff {record.id}`, or the files with `slipway show {record.id} --into DIR`"
        )
    return found


def _changes(before: Files, after: Files) -> Changes:
    paths: Collection[str] = sorted(before.keys() | after.keys())
    return {path: after.get(path) for path in paths if before.get(path) != after.get(path)}


@dataclass(frozen=True)
class _Work:
    """What is to be done in the repository."""

    folder: Path
    name: str
    origin: Import
    uncommitted: Changes
    changes: Changes

    @property
    def base(self) -> str:
        return self.origin.commit or ""

    def do(self, message: str, when: datetime) -> list[str]:
        """Make the commits and the branch, and return the commits in order."""
        if not self.changes:
            raise UsageError("the run changed no file that would go on a branch; there is nothing to make one of")
        with open_repository(self.folder) as repository:
            if not repository.has_commit(self.base):
                raise UsageError(
                    f"{str(self.folder)!r} does not have commit {self.base}, which was imported from "
                    f"{self.origin.source!r}; name that repository, or a clone of it, with --repo"
                )
            repository.check_branch(self.name)
            first = repository.commit(self.base, self.uncommitted, _UNCOMMITTED, self.origin.at)
            last = repository.commit(first or self.base, self.changes, message, when)
            if last is None:
                raise UsageError("the run's files are as they are in the commit; there is nothing to make a branch of")
            repository.make_branch(self.name, last, datetime.now(UTC))
        return [first, last] if first else [last]


_UNCOMMITTED = "What was not committed when Slipway imported the work tree\n"


def _message(record: RunRecord, outcome: Outcome) -> str:
    """The title of what was built, the request, and the run."""
    request = visible(record.request).strip()
    title = visible(outcome.brief.title if outcome.brief else request).strip().splitlines()[0]
    short = title if len(title) <= _TITLE else f"{title[: _TITLE - 3]}..."
    return f"{short}\n\n{request}\n\nSlipway-Run: {record.id}\nSlipway-Status: {outcome.status}\n"
