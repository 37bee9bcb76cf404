"""`package.json` and `package-lock.json` of npm, read strictly: packages of the registry by name, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from .base import DependenciesRefused
from .gate import Pinned

_KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_KEPT = ("name", "version", *_KINDS, "peerDependenciesMeta", "overrides", "engines")
"""What of a `package.json` decides on what is installed; scripts and configuration stay out."""
_SPEC = re.compile(r"(npm:(?P<name>(@[^/@\s]+/)?[^/@\s]+)(@(?P<range>[^:/\s][^:/]*))?)|[^:/]*")
"""A range or a tag, or another name for a package; with a colon or a slash it is an address, a folder or git."""


@dataclass(frozen=True)
class NodeProject:
    """What a `package.json` asks for."""

    text: str
    """What npm is given: only what decides on what is installed."""
    names: frozenset[str]
    """The packages, by their own names."""


def read_package_json(text: str) -> NodeProject:
    """What `text` asks for. DependenciesRefused where it is not plain."""
    said = _object(text, "package.json")
    if said.get("workspaces"):
        raise DependenciesRefused(
            "package.json has workspaces, which cannot be installed; list the packages themselves"
        )
    reasons: list[str] = []
    names: set[str] = set()
    for alias, spec in _specs(said):
        found = _SPEC.fullmatch(spec) if isinstance(spec, str) else None
        if found is None:
            reasons.append(
                f"{alias!r} is asked for as {spec!r}; only versions of the registry are taken, such as '^1.2.0'"
            )
        else:
            names.add(found["name"] or alias)
    overrides = json.dumps(said.get("overrides") or {})
    if re.search(r"(git|file|https?|ssh|link|workspace|github):", overrides):
        reasons.append("package.json overrides packages by addresses; only versions of the registry are taken")
    if reasons:
        raise DependenciesRefused(*reasons)
    kept = {key: said[key] for key in _KEPT if key in said}
    return NodeProject(json.dumps(kept, indent=2, sort_keys=True), frozenset(names))


def read_package_lock(text: str) -> list[Pinned]:
    """Every package that the lock holds. DependenciesRefused where one comes from elsewhere, or has no hash."""
    said = _object(text, "package-lock.json")
    packages = said.get("packages")
    if said.get("lockfileVersion") not in (2, 3) or not isinstance(packages, dict):
        raise DependenciesRefused("package-lock.json is not of version 2 or 3; make it again with npm 7 or later")
    pinned: list[Pinned] = []
    reasons: list[str] = []
    for place, entry in cast(dict[str, Any], packages).items():
        if place == "" or (isinstance(entry, dict) and entry.get("inBundle") is True):
            continue  # the project itself; a part of another package, and of that one's hash
        try:
            pinned.append(_pinned(place, cast(Mapping[str, Any], entry)))
        except DependenciesRefused as error:
            reasons += error.reasons
    if reasons:
        raise DependenciesRefused(*reasons)
    return pinned


def _pinned(place: str, entry: Mapping[str, Any]) -> Pinned:
    name = entry.get("name") or place.rpartition("node_modules/")[2]
    version, integrity, resolved = entry.get("version"), entry.get("integrity"), entry.get("resolved")
    if entry.get("link") or not place.startswith("node_modules/"):
        raise DependenciesRefused(
            f"package-lock.json links {place!r} to a folder; only packages of the registry are taken"
        )
    if not (isinstance(name, str) and isinstance(version, str) and isinstance(integrity, str)):
        raise DependenciesRefused(f"package-lock.json has no version and hash (integrity) for {place!r}; make it again")
    if not re.fullmatch(r"(sha512-[A-Za-z0-9+/=]{88}|sha1-[A-Za-z0-9+/=]{28})", integrity):
        raise DependenciesRefused(f"package-lock.json has an odd hash (integrity) for {place!r}; make it again")
    if resolved is not None and not _is_tarball(str(resolved), name):
        raise DependenciesRefused(
            f"package-lock.json takes {name!r} from {resolved!r}, not from the registry's own place"
        )
    return Pinned(name, version, frozenset({integrity}))


def _is_tarball(url: str, name: str) -> bool:
    """Whether `url` looks like a registry's tarball of `name`. Whose it is, its hash tells, which the gate compares."""
    parts = urlsplit(url)
    inside = unquote(parts.path)
    return parts.scheme in ("http", "https") and not parts.username and f"/{name}/-/" in inside and ".." not in inside


def _specs(said: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for kind in _KINDS:
        listed = said.get(kind) or {}
        if not isinstance(listed, dict):
            raise DependenciesRefused(f"{kind!r} of package.json must be an object of names and versions")
        yield from cast(dict[str, object], listed).items()


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        said: object = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise DependenciesRefused(f"{name} is not a JSON object")
    return cast(dict[str, Any], said)
