"""A person's git repository, read and added to by git's plumbing without running anything that the repository names.

Settings of a repository name programs: hooks, filters, a file system monitor, transports. So git is given a git
directory of our own, with settings of our own, and only the objects and the index of the person's; objects that are
missing are never fetched. Two things are done in the person's git directory itself: looking up where HEAD stands, and
making a branch, with hooks switched off. The work tree and the index are never written to.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...config import UsageError
from ...state.text import visible

_TIMEOUT = 120.0
_NOBODY = ("Slipway", "slipway@localhost")
_OFF = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.untrackedCache=false", "gc.auto=0",
        "maintenance.auto=false", "safe.directory=*")  # fmt: skip
_LINK = "120000"
_ANOTHER_REPOSITORY = "160000"
_RULES = 1 << 20


@dataclass(frozen=True)
class Tracked:
    """A path in the index."""

    mode: str
    """Such as `100644`."""
    object: str
    absent: bool
    """A sparse checkout left it out of the work tree."""


@contextmanager
def open_repository(folder: Path) -> Generator[Repository]:
    """The git repository whose work tree is `folder`. UsageError: there is none, or no git to read it with."""
    git = shutil.which("git")
    if git is None:
        raise UsageError(f"{str(folder)!r} is a git repository, and there is no git to read it with; install git")
    with tempfile.TemporaryDirectory(prefix="slipway-git-") as own:
        yield Repository(folder, git, Path(own))


def is_repository(folder: Path) -> bool:
    """Whether `folder` is the root of a git work tree."""
    return (folder / ".git").exists()


class Repository:
    """One repository; `own` is an empty folder for a git directory of our own."""

    def __init__(self, folder: Path, git: str, own: Path) -> None:
        self._folder = folder
        self._git = git
        self._own = own
        if not is_repository(folder):
            raise UsageError(f"{str(folder)!r} is not the root of a git work tree; name the folder that holds .git")
        index, objects, exclude, self._format = self._locate()
        self._exclude = folder / exclude
        self._reading = {"GIT_INDEX_FILE": str(folder / index), "GIT_OBJECT_DIRECTORY": str(folder / objects)}
        self._make_own()

    def _locate(self) -> list[str]:
        paths = [word for name in ("index", "objects", "info/exclude") for word in ("--git-path", name)]
        said = self._theirs("rev-parse", "--show-object-format", *paths)
        kind, *found = said.decode("utf-8", "surrogateescape").splitlines()
        return [*found, kind]

    def _make_own(self) -> None:
        for name in ("git/objects", "git/refs", "contents"):
            (self._own / name).mkdir(parents=True)
        (self._own / "git/HEAD").write_text("ref: refs/heads/none\n")
        extension = "" if self._format == "sha1" else f"[extensions]\n\tobjectformat = {self._format}\n"
        version = 1 if extension else 0
        (self._own / "git/config").write_text(f"[core]\n\trepositoryformatversion = {version}\n{extension}")

    # --- reading ---

    def head(self) -> str | None:
        """The commit that is checked out; None before the first one."""
        done = self._run({"GIT_DIR": str(self._folder / ".git")}, ["rev-parse", "--verify", "-q", "HEAD^{commit}"])
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def exclude(self) -> bytes:
        """The ignore rules of the repository beside its `.gitignore` files."""
        if not self._exclude.is_file():
            return b""
        with self._exclude.open("rb") as file:
            return file.read(_RULES)

    def tracked(self) -> dict[str, Tracked]:
        """What the index holds, without other repositories in it; names that are not UTF-8 are left out."""
        found: dict[str, Tracked] = {}
        for line in self._ours("ls-files", "-z", "-s", "-t").split(b"\0")[:-1]:
            facts, _, path = line.partition(b"\t")
            tag, mode, name, _ = facts.decode().split(" ")
            if mode != _ANOTHER_REPOSITORY and (text := _utf8(path)) is not None:
                found[text] = Tracked(mode, name, absent=tag == "S")
        return found

    def uncommitted(self, commit: str, files: Mapping[str, tuple[bytes, bool]]) -> list[str]:
        """The paths that are not in the work tree, read as `files`, as `commit` has them, sorted.

        What is in the work tree but not in `files` is not told: it was left out.
        """
        tracked = self.tracked()
        staged = self._names("diff-index", "--cached", "--no-renames", "--ignore-submodules", commit)
        touched = self._names("diff-files", "--ignore-submodules")
        really = {path for path in touched if path in tracked and self._differs(path, tracked[path], files)}
        new = files.keys() - tracked.keys()
        gone = {path for path in staged | really if not os.path.lexists(self._folder / path)}
        absent = {path for path, entry in tracked.items() if entry.absent}
        return sorted((((staged | really | new) & files.keys()) | gone) - (absent - files.keys()))

    def _names(self, *words: str) -> set[str]:
        found = self._ours(words[0], "-z", "--name-only", *words[1:]).split(b"\0")[:-1]
        return {text for path in found if (text := _utf8(path)) is not None}

    def _differs(self, path: str, entry: Tracked, files: Mapping[str, tuple[bytes, bool]]) -> bool:
        """Whether a file or link whose times have changed has changed itself."""
        place = self._folder / path
        if place.is_symlink():
            return entry.mode != _LINK or self._digest(os.fsencode(place.readlink())) != entry.object
        if path not in files:
            return True
        data, executable = files[path]
        mode = "100755" if executable else "100644"
        return mode != entry.mode or self._digest(data) != entry.object

    def _digest(self, data: bytes) -> str:
        """The id that git gives a content."""
        return hashlib.new(self._format, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def has_commit(self, commit: str) -> bool:
        """Whether `commit` is here."""
        return self._run(self._env(), ["cat-file", "-e", f"{commit}^{{commit}}"]).returncode == 0

    # --- adding ---

    def commit(
        self, base: str, changes: Mapping[str, tuple[bytes, bool] | None], message: str, when: datetime
    ) -> str | None:
        """Add a commit on `base` with `changes` (path -> bytes and executable, None: removed), and return its id.

        None where it would change nothing. Nothing refers to it yet. The same call makes the same commit.
        """
        env = {"GIT_INDEX_FILE": str(self._own / "index")}
        self._ours("read-tree", base, more=env)
        lines = b"".join(self._lines(changes, nothing="0" * len(base)))
        self._ours("update-index", "-z", "--index-info", stdin=lines, more=env)
        tree = self._ours("write-tree", "--missing-ok", more=env).decode().strip()
        if tree == self._ours("rev-parse", f"{base}^{{tree}}").decode().strip():
            return None
        return self._ours("commit-tree", tree, "-p", base, stdin=message.encode(), more=_people(when)).decode().strip()

    def _lines(self, changes: Mapping[str, tuple[bytes, bool] | None], nothing: str) -> Iterable[bytes]:
        """Removals first: what is a folder now may have been a file."""
        kept = {path: file for path, file in changes.items() if file is not None}
        yield from (f"0 {nothing}\t{path}\0".encode() for path in changes if path not in kept)
        for (path, (_, executable)), name in zip(kept.items(), self._store(f[0] for f in kept.values()), strict=True):
            yield f"{'100755' if executable else '100644'} {name}\t{path}\0".encode()

    def _store(self, contents: Iterable[bytes]) -> list[str]:
        """Add contents as they are, and return their ids."""
        places: list[str] = []
        for number, data in enumerate(contents):
            place = self._own / "contents" / str(number)
            place.write_bytes(data)
            places.append(f"{place}\n")
        words = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        return self._ours(*words, stdin="".join(places).encode()).decode().split()

    def check_branch(self, name: str) -> None:
        """UsageError where a branch `name` exists, or git knows no such name."""
        if self._run(self._env(), ["check-ref-format", f"refs/heads/{name}"]).returncode or name.startswith("-"):
            raise UsageError(f"{name!r} is no name for a branch; give another one with --name")
        env = {"GIT_DIR": str(self._folder / ".git")}
        if self._run(env, ["show-ref", "--verify", "-q", f"refs/heads/{name}"]).returncode == 0:
            raise UsageError(f"there is a branch {name!r} already; remove it, or give another name with --name")

    def make_branch(self, name: str, commit: str, when: datetime) -> None:
        """Let a new branch point to `commit`. UsageError where there is one of that name by now."""
        self.check_branch(name)
        self._theirs("update-ref", f"refs/heads/{name}", commit, "0" * len(commit), more=_people(when))

    # --- git ---

    def _env(self) -> dict[str, str]:
        return {"GIT_DIR": str(self._own / "git"), "GIT_WORK_TREE": str(self._folder), **self._reading}

    def _ours(self, *words: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        """What git says, with settings of our own."""
        return self._checked({**self._env(), **(more or {})}, words, stdin)

    def _theirs(self, *words: str, more: Mapping[str, str] | None = None) -> bytes:
        """What git says in the person's git directory."""
        return self._checked({"GIT_DIR": str(self._folder / ".git"), **(more or {})}, words, b"")

    def _checked(self, env: Mapping[str, str], words: Iterable[str], stdin: bytes) -> bytes:
        words = list(words)
        done = self._run(env, words, stdin)
        if done.returncode:
            said = visible(done.stderr.decode("utf-8", "replace")).strip().splitlines() or ["no reason given"]
            mend = "mend the repository, or take a copy without its .git"
            raise UsageError(f"git {words[0]} failed in {str(self._folder)!r}: {said[0]}; {mend}")
        return done.stdout

    def _run(self, env: Mapping[str, str], words: list[str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [self._git, *(word for setting in _OFF for word in ("-c", setting)), *words]
        try:
            return subprocess.run(
                command, env={**_ALONE, **env}, cwd=self._folder, input=stdin, capture_output=True, timeout=_TIMEOUT,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"git {words[0]} in {str(self._folder)!r} took more than {_TIMEOUT:g} s") from error


_ALONE = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}
"""All that git gets of an environment."""


def _people(when: datetime) -> dict[str, str]:
    name, address = _NOBODY
    date = f"{int(when.timestamp())} +0000"
    return {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", address), ("DATE", date))
    }


def _utf8(path: bytes) -> str | None:
    try:
        return path.decode()
    except UnicodeDecodeError:
        return None
