"""Known faults of published packages, and which versions have them, in OSV's format (ossf.github.io/osv-schema)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, Field, ValidationError

from ...config.pack import Ecosystem, normalized

_ECOSYSTEMS: dict[str, Ecosystem] = {"PyPI": "python", "npm": "node"}


class AdvisoriesUnreadable(Exception):
    """What was given is no database of advisories; the message says why."""


class _Package(BaseModel):
    ecosystem: str
    name: str


class _Range(BaseModel):
    type: str
    events: list[dict[str, str]]


class _Affected(BaseModel):
    package: _Package | None = None
    ranges: list[_Range] = Field(default_factory=list[_Range])
    versions: list[str] = Field(default_factory=list[str])


class _Record(BaseModel):
    id: str
    summary: str = ""
    details: str = ""
    withdrawn: str | None = None
    affected: list[_Affected] = Field(default_factory=list[_Affected])


@dataclass(frozen=True)
class Advisory:
    """One fault of one package."""

    id: str
    summary: str
    spans: tuple[tuple[tuple[Version, str], ...], ...]
    """Ranges of versions: where each begins and ends, as (version, `introduced` | `fixed` | `last_affected`)."""
    versions: frozenset[Version]

    def affects(self, version: Version) -> bool:
        """Whether `version` has the fault."""
        return version in self.versions or any(_inside(version, span) for span in self.spans)

    def fixed(self, version: Version | None = None) -> list[Version]:
        """The versions that mend it, later than `version`, the first one first."""
        found = {at for span in self.spans for at, kind in span if kind == "fixed"}
        return sorted(at for at in found if (version is None or at > version) and not self.affects(at))

    def named(self) -> set[Version]:
        """Every version that it names."""
        return {at for span in self.spans for at, _ in span} | self.versions


def _inside(version: Version, span: Iterable[tuple[Version, str]]) -> bool:
    affected = False
    for at, kind in span:
        if kind == "introduced" and version >= at:
            affected = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            affected = False
    return affected


Advisories = Mapping[tuple[Ecosystem, str], tuple[Advisory, ...]]
"""The faults of each package."""


def read_advisories(path: Path) -> Advisories:
    """What a folder of JSON files says, or one file with a record, a list of them, or one a line.

    Raises AdvisoriesUnreadable, for none at all too.
    """
    found: defaultdict[tuple[Ecosystem, str], list[Advisory]] = defaultdict(list)
    try:
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        for file in files:
            for record in _records(file):
                for key, advisory in _advisories(record):
                    found[key].append(advisory)
    except (OSError, ValueError) as error:
        why = "a record has another form" if isinstance(error, ValidationError) else " ".join(str(error).split())[:200]
        raise AdvisoriesUnreadable(f"{path} cannot be read as OSV records: {why}") from error
    if not found:
        raise AdvisoriesUnreadable(f"{path} has no OSV record about a package of PyPI or npm")
    return {key: tuple(each) for key, each in found.items()}


def _records(file: Path) -> Iterator[_Record]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".jsonl":
        data: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
    else:
        data = json.loads(text)
    for one in data if isinstance(data, list) else [data]:
        yield _Record.model_validate(one)


def _advisories(record: _Record) -> Iterator[tuple[tuple[Ecosystem, str], Advisory]]:
    summary = record.summary or record.details.partition("\n")[0][:200]
    for affected in record.affected if record.withdrawn is None else ():
        ecosystem = _ECOSYSTEMS.get(affected.package.ecosystem) if affected.package else None
        if affected.package is None or ecosystem is None:
            continue
        name = affected.package.name
        spans = tuple(_span(each) for each in affected.ranges if each.type in ("ECOSYSTEM", "SEMVER"))
        versions = frozenset(filter(None, map(version_of, affected.versions)))
        key = (ecosystem, normalized(name) if ecosystem == "python" else name)
        yield key, Advisory(record.id, summary, spans, versions)


def _span(given: _Range) -> tuple[tuple[Version, str], ...]:
    events = [(version_of(at), kind) for event in given.events for kind, at in event.items() if kind != "limit"]
    order = {"introduced": 0, "fixed": 1, "last_affected": 1}
    return tuple(sorted(((at, kind) for at, kind in events if at), key=lambda each: (each[0], order.get(each[1], 2))))


def version_of(text: str) -> Version | None:
    """The version that `text` names; None where it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def wanted_of(ecosystem: Ecosystem, text: str) -> SpecifierSet | None:
    """The versions that a project asks for; None where nobody can tell."""
    try:
        return SpecifierSet(text if ecosystem == "python" else ",".join(_comparators(text.strip())))
    except (InvalidSpecifier, ValueError):
        return None


_SEMVER = re.compile(r"(\^|~|>=|<=|>|<|=|)\s*v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?((?:-[\w.]+)?)(?:\+[\w.]+)?")


def _comparators(text: str) -> Iterator[str]:
    """npm's range in Python's words. ValueError for one that has alternatives, or names a tag."""
    if text in ("", "*", "x"):
        return
    for word in re.sub(r"(\^|~|>=|<=|>|<|=)\s+", r"\1", text).split():
        if not (match := _SEMVER.fullmatch(word)):
            raise ValueError(text)
        yield from _compared(match[1], [int(part) for part in match.groups()[1:4] if part and part.isdigit()], match[5])


def _compared(operator: str, parts: list[int], pre: str) -> Iterator[str]:
    low = ".".join(map(str, parts + [0] * (3 - len(parts)))) + pre
    if operator in (">=", "<=", ">", "<"):
        yield f"{operator}{low}"
    elif operator in ("", "=") and len(parts) == 3:
        yield f"=={low}"
    else:
        yield f">={low}"
        kept = 1 if len(parts) == 1 or operator == "^" else 2
        if operator == "^":
            kept = next((at for at, part in enumerate(parts, 1) if part), len(parts))
        yield f"<{'.'.join(map(str, [*parts[: kept - 1], parts[kept - 1] + 1]))}"
