"""Who may come in: a package that exists, is old enough, and is the one that was meant.

Names that models make up are registered by others ("slopsquatting"), and a popular package that was taken over is
mostly found out within days. Hence a minimum age, of packages and of versions, and a comparison with popular names.
"""

from __future__ import annotations

import asyncio
import difflib
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.specifiers import SpecifierSet

from ...config.settings import InstallSettings
from .base import DependenciesRefused, Ecosystem
from .lookalikes import find_lookalike, popular_names
from .projects import Project, Projects, Release, canonical_version, is_node_name, normalized, parsed_version
from .requirements import Wanted

_DAY = 86400.0


@dataclass(frozen=True)
class Pinned:
    """A package in one version."""

    name: str
    version: str
    hashes: frozenset[str] = frozenset()
    """What its file must be, where a lock or a resolver says so; as `File.digest`."""


@dataclass(frozen=True)
class Admitted:
    """What the gate let in, as far as it was asked."""

    projects: Mapping[str, Project] = field(default_factory=dict[str, Project])

    def urls(self) -> frozenset[str]:
        """Where files of these packages are."""
        files = (
            file
            for project in self.projects.values()
            for release in project.releases.values()
            for file in release.files
        )
        return frozenset(file.url for file in files)


class Gate:
    """Judges the packages of one ecosystem. Every refusal is a sentence of a `DependenciesRefused`."""

    def __init__(
        self,
        ecosystem: Ecosystem,
        projects: Projects,
        settings: InstallSettings,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._ecosystem: Ecosystem = ecosystem
        self._projects = projects
        self._settings = settings
        self._now = now
        self._known: dict[str, Project | None] = {}

    async def names(self, names: Iterable[str]) -> Admitted:
        """Judge packages that somebody asked for by name: allowed, no lookalike, there, old enough."""
        wrong = {name: self._wrong_name(name) for name in sorted(set(names))}
        fine = [name for name, reason in wrong.items() if reason is None]
        return await self._existing(fine, [reason for reason in wrong.values() if reason is not None])

    async def requirements(self, wanted: Sequence[Wanted]) -> Admitted:
        """Judge Python requirements: their names, and that a version fits that is old enough and has their hashes."""
        admitted = await self.names(one.name for one in wanted)
        _refuse(self._wrong_versions(one, admitted.projects[one.name]) for one in wanted)
        return admitted

    async def known(self, names: Iterable[str]) -> Admitted:
        """Judge packages that others depend on: on no list of denied ones, there, old enough.

        Their names were chosen by the authors of those others, so that a lookalike is meant as it stands.
        """
        asked = sorted(set(names))
        refuse_denied(self._ecosystem, asked, self._settings)
        return await self._existing(asked)

    async def versions(self, pinned: Sequence[Pinned]) -> Admitted:
        """Judge what a resolver or a lock has chosen: as `known`, versions that are old enough, and the same files."""
        admitted = await self.known(one.name for one in pinned)
        _refuse(self._wrong_pin(one, admitted.projects[one.name]) for one in pinned)
        return admitted

    def too_young(self, names: Iterable[str]) -> Sequence[Pinned]:
        """The versions of packages, admitted before, that a resolver must not choose."""
        return [
            Pinned(name, version)
            for name in sorted(names)
            if (project := self._known.get(name)) is not None and not self._is_allowed(name)
            for version, release in project.releases.items()
            if self._young(release)
        ]

    async def _existing(self, names: Sequence[str], wrong: Sequence[str] = ()) -> Admitted:
        missing = [name for name in names if name not in self._known]
        found = await asyncio.gather(*[self._projects.find(name) for name in missing])
        self._known.update(zip(missing, found, strict=True))
        _refuse([*wrong, *(self._wrong_project(name, self._known[name]) for name in names)])
        return Admitted({name: project for name in names if (project := self._known[name]) is not None})

    def _wrong_name(self, name: str) -> str | None:
        if denied := self._denied(name):
            return denied
        if self._ecosystem == "node" and not is_node_name(name):
            return f"{name!r} is not a name that an npm package can have"
        if self._is_allowed(name):
            return None
        if self._ecosystem == "python" and name.replace("-", "_") in sys.stdlib_module_names:
            return f"{name!r} is a part of Python's standard library; import it without installing anything"
        near = find_lookalike(self._ecosystem, name)
        if near is None:
            return None
        return (
            f"{name!r} looks like {near.popular!r}: {near.how}; ask for {near.popular!r} if that was meant, else have "
            "a person add it to sandbox.install.allow"
        )

    def _denied(self, name: str) -> str | None:
        return _denied(self._ecosystem, name, self._settings)

    def _wrong_project(self, name: str, project: Project | None) -> str | None:
        if project is None or not project.releases:
            near = difflib.get_close_matches(name, popular_names(self._ecosystem).names, n=1, cutoff=0.85)
            hint = f"did you mean {near[0]!r}?" if near else "check its name, or do without it"
            return f"there is no package {name!r} in the registry; {hint}"
        if self._is_allowed(name):
            return None
        if len(project.sources) > 1:
            return (
                f"{name!r} is in several indexes ({', '.join(project.sources)}), so it is not sure whose it is; have a "
                "person add it to sandbox.install.allow"
            )
        return self._wrong_age(f"the package {name!r}", project.born, self._settings.project_days)

    def _wrong_age(self, what: str, since: float | None, days: float) -> str | None:
        if since is None:
            if self._settings.unknown_age == "allow" or days == 0:
                return None
            return (
                f"the registry does not tell how old {what} is; have a person add it to sandbox.install.allow, or set "
                "sandbox.install.unknown_age=allow"
            )
        age = (self._now() - since) / _DAY
        if age >= days:
            return None
        return f"{what} is {age:.1f} days old, and must be at least {days:g}; take one that is known for longer"

    def _wrong_versions(self, wanted: Wanted, project: Project) -> str | None:
        fitting = _fitting(wanted.specifier, project.releases)
        if not fitting:
            newest = _newest(project.releases) or "none that can be installed"
            return f"no version of {wanted.name!r} fits {str(wanted.specifier)!r}; the newest is {newest}"
        if wanted.hashes:
            version = fitting[0]
            return self._wrong_pin(Pinned(wanted.name, version, wanted.hashes), project)
        if self._is_allowed(wanted.name):
            return None
        if any(not self._young(project.releases[version]) for version in fitting):
            return None
        newest = fitting[0]
        reason = self._wrong_age(
            f"{wanted.name} {newest}", project.releases[newest].uploaded, self._settings.version_days
        )
        old = _newest({version: one for version, one in project.releases.items() if not self._young(one)})
        return f"{reason}, such as {wanted.name}=={old}" if old else reason

    def _wrong_pin(self, pinned: Pinned, project: Project) -> str | None:
        release = project.releases.get(
            canonical_version(pinned.version) if self._ecosystem == "python" else pinned.version
        )
        if release is None:
            return f"there is no version {pinned.version} of {pinned.name!r}; the newest is {_newest(project.releases)}"
        kinds = tuple(digest[:6] for digest in pinned.hashes)
        told = {file.digest for file in release.files if file.digest.startswith(kinds)}
        if told and not told & pinned.hashes:
            return (
                f"the hash that the lock has for {pinned.name} {pinned.version} is of none of the files in the "
                "registry; make the lock again"
            )
        if self._is_allowed(pinned.name):
            return None
        return self._wrong_age(f"{pinned.name} {pinned.version}", release.uploaded, self._settings.version_days)

    def _young(self, release: Release) -> bool:
        return self._wrong_age("", release.uploaded, self._settings.version_days) is not None

    def _is_allowed(self, name: str) -> bool:
        return _is_listed(self._ecosystem, name, self._settings.allow)


def refuse_denied(ecosystem: Ecosystem, names: Iterable[str], settings: InstallSettings) -> None:
    """DependenciesRefused where one of these packages is on the list of those that are never let in."""
    _refuse(_denied(ecosystem, name, settings) for name in names)


def _refuse(reasons: Iterable[str | None]) -> None:
    if wrong := [reason for reason in reasons if reason is not None]:
        raise DependenciesRefused(*wrong)


def _denied(ecosystem: Ecosystem, name: str, settings: InstallSettings) -> str | None:
    if _is_listed(ecosystem, name, settings.deny):
        return f"{name!r} is not allowed here (sandbox.install.deny); do without it"
    return None


def _is_listed(ecosystem: Ecosystem, name: str, listed: Iterable[str]) -> bool:
    plain = (entry.removeprefix(f"{ecosystem}:") for entry in listed)
    return name in {normalized(entry) if ecosystem == "python" else entry for entry in plain}


def _fitting(specifier: SpecifierSet, releases: Mapping[str, Release]) -> list[str]:
    """The versions that fit, newest first: withdrawn ones only for `==`, early ones only where asked for (PEP 440)."""
    parsed = {version: known for version in releases if (known := parsed_version(version)) is not None}
    exact = any(one.operator in ("==", "===") for one in specifier)
    able = [version for version in parsed if exact or not releases[version].withdrawn]
    chosen = set(specifier.filter(sorted(able, key=parsed.__getitem__)))
    return sorted(chosen, key=parsed.__getitem__, reverse=True)


def _newest(releases: Mapping[str, Release]) -> str | None:
    fitting = _fitting(SpecifierSet(), releases)
    return fitting[0] if fitting else None
