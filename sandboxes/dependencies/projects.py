"""What a registry knows of a package: its versions, how old their files are, and how these are told from others."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Protocol, cast
from urllib.parse import quote, urljoin

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from ..base import SandboxUnavailable
from .pages import Page, Pages
from .registries import Registry

_SIMPLE = "application/vnd.pypi.simple.v1+json, text/html;q=0.2, application/vnd.pypi.simple.v1+html;q=0.2"


@dataclass(frozen=True)
class File:
    """Something that can be downloaded."""

    url: str
    digest: str
    """What a lock holds of it: `sha256:...` for Python, an integrity string for npm; "" where it is not told."""
    uploaded: float | None
    """Seconds since 1970; None where the registry does not tell."""
    wheel: bool = False


@dataclass(frozen=True)
class Release:
    """One version. It is as old as its newest file: a file can be added to an old version."""

    files: tuple[File, ...]
    withdrawn: bool = False
    """Yanked, or deprecated in favour of nothing: never chosen by itself."""

    @property
    def uploaded(self) -> float | None:
        """When the newest of its files came; None where that is not told."""
        times = [file.uploaded for file in self.files]
        known = [time for time in times if time is not None]
        return max(known) if known and len(known) == len(times) else None


@dataclass(frozen=True)
class Project:
    """A package, as a registry knows it."""

    name: str
    releases: Mapping[str, Release]
    sources: tuple[str, ...]
    """The registries that know it."""

    @property
    def born(self) -> float | None:
        """When the first of its versions came; None where that is not told."""
        known = [time for release in self.releases.values() if (time := release.uploaded) is not None]
        return min(known) if known else None


class Projects(Protocol):
    """A registry that can be asked about packages."""

    async def find(self, name: str) -> Project | None:
        """The package `name`; None where there is none. SandboxUnavailable where nobody answers."""
        ...


class PythonProjects:
    """A simple index (PEP 503, 691, 700); where that tells no times, the JSON API beside it."""

    def __init__(self, registry: Registry) -> None:
        self._urls = registry.urls
        self._pages = Pages(registry.certificates)

    async def find(self, name: str) -> Project | None:
        """See `Projects`. A package that is in several indexes has the files of all of them."""
        found = await asyncio.gather(*[self._in(url, name) for url in self._urls])
        files = {url: listed for url, listed in zip(self._urls, found, strict=True) if listed is not None}
        if not files:
            return None
        return Project(name, _releases([file for listed in files.values() for file in listed]), tuple(files))

    async def _in(self, index: str, name: str) -> Sequence[_Listed] | None:
        page = await self._pages.fetch(f"{index}/{quote(name)}/", accept=_SIMPLE)
        if page is None:
            return None
        listed = _json_files(page) if page.kind.endswith("json") else _html_files(page)
        if all(file.file.uploaded is not None for file in listed):
            return listed
        times = await self._times(index, name)
        return [file.at(times.get(file.name)) for file in listed]

    async def _times(self, index: str, name: str) -> Mapping[str, float]:
        """When each file came, as the JSON API of PyPI tells it; nothing where the mirror has none."""
        base = index.removesuffix("/simple")
        try:
            page = await self._pages.fetch(f"{base}/pypi/{quote(name)}/json", accept="application/json")
        except SandboxUnavailable:
            return {}
        if page is None or not page.kind.endswith("json"):
            return {}
        entries = [entry for files in _read(page).get("releases", {}).values() for entry in files]
        return {entry["filename"]: time for entry in entries if (time := _time(entry.get("upload_time_iso_8601")))}


class NodeProjects:
    """An npm registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._pages = Pages(registry.certificates)

    async def find(self, name: str) -> Project | None:
        """See `Projects`."""
        url = self._registry.scopes.get(name.partition("/")[0], self._registry.urls[0])
        page = await self._pages.fetch(f"{url}/{quote(name, safe='@')}", accept="application/json")
        if page is None:
            return None
        said = _read(page)
        times = cast(dict[str, Any], said.get("time") or {})
        versions = cast(dict[str, Any], said.get("versions") or {})
        releases = {version: _node_release(entry, times.get(version)) for version, entry in versions.items()}
        return Project(name, releases, (url,))


@dataclass(frozen=True)
class _Listed:
    name: str
    version: str
    file: File
    yanked: bool

    def at(self, time: float | None) -> _Listed:
        uploaded = self.file.uploaded if self.file.uploaded is not None else time
        file = File(self.file.url, self.file.digest, uploaded, self.file.wheel)
        return _Listed(self.name, self.version, file, self.yanked)


def _releases(listed: Sequence[_Listed]) -> Mapping[str, Release]:
    versions: dict[str, list[_Listed]] = {}
    for entry in listed:
        versions.setdefault(entry.version, []).append(entry)
    return {
        version: Release(tuple(entry.file for entry in entries), all(entry.yanked for entry in entries))
        for version, entries in versions.items()
    }


def _json_files(page: Page) -> Sequence[_Listed]:
    entries: list[dict[str, Any]] = _read(page).get("files") or []
    found: list[_Listed] = []
    for entry in entries:
        if not {"filename", "url"} <= entry.keys():
            raise SandboxUnavailable(f"{page.url} is no page of a package registry")
        sha256 = str((entry.get("hashes") or {}).get("sha256") or "")
        time = _time(entry.get("upload-time"))
        found += _listed(entry["filename"], urljoin(page.url, entry["url"]), sha256, time, bool(entry.get("yanked")))
    return found


def _html_files(page: Page) -> Sequence[_Listed]:
    links = _Links()
    links.feed(page.body.decode("utf-8", "replace"))
    found: list[_Listed] = []
    for link in links.found:
        url, _, fragment = urljoin(page.url, link.get("href") or "").partition("#")
        sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        found += _listed(url.rsplit("/", 1)[-1].replace("%2B", "+"), url, sha256, None, "data-yanked" in link)
    return found


def _listed(filename: str, url: str, sha256: str, time: float | None, yanked: bool) -> Iterator[_Listed]:
    wheel = filename.endswith(".whl")
    try:
        version = parse_wheel_filename(filename)[1] if wheel else parse_sdist_filename(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return  # an egg, an installer for Windows, a version from before there were rules: pip takes none of them
    yield _Listed(filename, str(version), File(url, f"sha256:{sha256}" if sha256 else "", time, wheel), yanked)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))


def _node_release(entry: dict[str, Any], time: object) -> Release:
    dist: dict[str, Any] = entry.get("dist") or {}
    file = File(str(dist.get("tarball") or ""), str(dist.get("integrity") or ""), _time(time))
    return Release((file,), withdrawn=bool(entry.get("deprecated")))


def _read(page: Page) -> dict[str, Any]:
    try:
        said: object = json.loads(page.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise SandboxUnavailable(f"{page.url} is no page of a package registry")
    return cast(dict[str, Any], said)


def _time(text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return None


def normalized(name: str) -> str:
    """A Python package's name as an index has it (PEP 503)."""
    return canonicalize_name(name)


def canonical_version(version: str) -> str:
    """A Python version in the one spelling that PEP 440 has for it; unchanged where it is none."""
    parsed = parsed_version(version)
    return str(parsed) if parsed is not None else version


def parsed_version(version: str) -> Version | None:
    """A version, for comparing; None where it is none of PEP 440's."""
    try:
        return Version(version)
    except InvalidVersion:
        return None


def is_node_name(name: str) -> bool:
    """Whether npm would take a new package of this name (validate-npm-package-name)."""
    return len(name) <= 214 and bool(re.fullmatch(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*", name))
