from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from packaging.version import Version
from pydantic import TypeAdapter, ValidationError

from ...config.pack import Ecosystem, normalized
from ...sandboxes import BASICS, Command, SandboxRefusal
from ...sandboxes.profile import NODE, PYTHON
from ...state.records import Finding, Manifest
from ..base import Found, NotRun, Subject
from ..declared import Declared, declares, read_declared
from ..findings import finding, worst
from .advisories import Advisories, AdvisoriesUnreadable, Advisory, read_advisories, version_of, wanted_of

_LOCKS = ("package-lock.json", "uv.lock", "poetry.lock")
_PROGRAM = f"""
import glob, json, os
found = [["python", *os.path.basename(path)[:-10].rsplit("-", 1)] for path in glob.glob("{PYTHON}/*.dist-info")]
for path in [*glob.glob("{NODE}/*/package.json"), *glob.glob("{NODE}/@*/*/package.json")]:
    with open(path, encoding="utf-8") as file:
        package = json.load(file)
    found.append(["node", package.get("name", ""), package.get("version", "")])
print(json.dumps(found))
"""
_INSTALLED = TypeAdapter(list[tuple[Ecosystem, str, str]])


@dataclass(frozen=True)
class _Used:
    """A version that the project runs with."""

    ecosystem: Ecosystem
    name: str
    version: Version
    file: str | None = None


class DependencyAudit:
    """No dependency has a known fault, as far as `advisories` tell: a folder or a file of records in OSV's format.

    It asks no network. Without advisories nobody can tell, which it says; it blocks nothing unless it is told to.
    """

    name = "audit"
    needs = (BASICS,)
    seconds = 60.0

    def __init__(self, advisories: Path | None = None, *, blocking: bool = False) -> None:
        self._advisories = advisories
        self.blocking = blocking

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """The files that name dependencies, and the locks beside them."""
        return sorted(path for path in manifest if declares(path) or path.endswith(_LOCKS))

    async def run(self, subject: Subject) -> Found:
        """Compare what is installed, locked and declared, in this order, with what is known."""
        if self._advisories is None:
            raise NotRun(
                "no advisory database can be reached from here; name a folder of OSV records in the setting "
                "checks.advisories"
            )
        try:
            known = await asyncio.to_thread(_read, self._advisories)
        except AdvisoriesUnreadable as error:
            raise NotRun(str(error)) from error
        texts = await _texts(subject, self.inputs(subject.manifest))
        declared, unreadable = read_declared({path: text for path, text in texts.items() if declares(path)})
        used = [*await _installed(subject), *_locked(texts)]
        findings = [
            finding(self.name, str(error), rule="unreadable", file=error.file, line=error.line, severity="warning")
            for error in unreadable
        ]
        return Found(worst([*findings, *self._hits(known, used, declared)]))

    def _hits(self, known: Advisories, used: list[_Used], declared: list[Declared]) -> Iterator[Finding]:
        places: dict[tuple[Ecosystem, str], Declared] = {(one.ecosystem, one.name): one for one in declared}
        for one in dict.fromkeys(used):
            key = (one.ecosystem, one.name)
            place = places.get(key)
            for advisory in known.get(key, ()):
                if advisory.affects(one.version):
                    yield self._hit(advisory, one.name, f"{one.version}", advisory.fixed(one.version), place, one.file)
        certain = {(one.ecosystem, one.name) for one in used}
        for key, one in places.items():
            for advisory in known.get(key, ()) if key not in certain else ():
                if _only_affected(advisory, one):
                    yield self._hit(advisory, one.name, one.wanted, advisory.fixed(), one, None)

    def _hit(
        self,
        advisory: Advisory,
        name: str,
        version: str,
        fixed: list[Version],
        place: Declared | None,
        file: str | None,
    ) -> Finding:
        mended = f"ask for {name} >= {fixed[0]}" if fixed else f"no version mends it yet; do without {name}"
        return finding(
            self.name, f"{name} {version} has {advisory.id}: {advisory.summary}", rule=advisory.id,
            file=place.file if place else file, line=place.line if place else None, hint=mended,
        )  # fmt: skip


def _only_affected(advisory: Advisory, one: Declared) -> bool:
    """Whether what is asked for has the fault, and leaves no version that mends it."""
    wanted = wanted_of(one.ecosystem, one.wanted)
    if wanted is None or any(wanted.contains(version, prereleases=True) for version in advisory.fixed()):
        return False
    tried = advisory.named() | {v for v in (version_of(each.version) for each in wanted) if v is not None}
    return any(advisory.affects(version) and wanted.contains(version, prereleases=True) for version in tried)


@lru_cache(maxsize=2)
def _read(path: Path) -> Advisories:
    return read_advisories(path)


async def _texts(subject: Subject, paths: Collection[str]) -> dict[str, bytes]:
    read = await subject.sandbox.read_many(sorted(paths))
    refused = [f"{path} cannot be read: {text}" for path, text in read.items() if isinstance(text, SandboxRefusal)]
    if refused:
        raise NotRun(refused[0])
    return {path: text for path, text in read.items() if isinstance(text, bytes)}


async def _installed(subject: Subject) -> list[_Used]:
    result = await subject.sandbox.exec(Command(("python", "-I", "-S", "-c", _PROGRAM), output_bytes=None))
    try:
        found = _INSTALLED.validate_json(result.stdout.data)
    except ValidationError:
        raise NotRun(f"nobody can tell what is installed: {result.stderr.text[-300:]}") from None
    return [used for each in found if (used := _used(*each))]


def _locked(texts: Mapping[str, bytes]) -> Iterator[_Used]:
    for path, text in texts.items():
        if not path.endswith(_LOCKS):
            continue
        try:
            read = _package_lock if path.endswith(".json") else _python_lock
            for ecosystem, name, version in read(text.decode("utf-8")):
                if used := _used(ecosystem, name, version, path):
                    yield used
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise NotRun(f"{path} is no lock that can be read: {type(error).__name__}") from error


def _package_lock(text: str) -> Iterator[tuple[Ecosystem, str, str]]:
    data: dict[str, Any] = json.loads(text)
    for place, package in data.get("packages", {}).items():
        if place:
            yield "node", place.rpartition("node_modules/")[2], package.get("version", "")


def _python_lock(text: str) -> Iterator[tuple[Ecosystem, str, str]]:
    for package in tomllib.loads(text).get("package", []):
        yield "python", package["name"], package.get("version", "")


def _used(ecosystem: Ecosystem, name: str, version: str, file: str | None = None) -> _Used | None:
    known = version_of(version)
    if known is None:
        return None
    return _Used(ecosystem, normalized(name) if ecosystem == "python" else name, known, file)
