"""What a project's files say that it depends on. Read on the host as data; nothing of them is executed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from packaging.requirements import InvalidRequirement, Requirement

from ..config.pack import Ecosystem, Head, module_of, normalized
from ..state.records import Finding
from .findings import finding

_REQUIREMENTS = re.compile(r"(^|/)requirements[^/]*\.txt$")
_ANOTHER = re.compile(r"(-r|--requirement)[= ]requirements[^/ ]*\.txt")
_LONGEST_LINE, _MOST_BYTES = 1000, 256 << 10
"""What is read of a file that a model wrote: the time that it takes is bounded by its size."""
_NODE = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")


@dataclass(frozen=True)
class Declared:
    """One dependency, where it stands."""

    ecosystem: Ecosystem
    name: str
    """As its ecosystem compares it."""
    file: str
    line: int
    wanted: str = field(default="", compare=False)
    """Which versions, as its ecosystem writes it; '' for any."""


class Unreadable(Exception):
    """A file, or a line of it, from which nobody can tell what the project depends on."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file} does not tell what the project depends on: {reason}")
        self.file, self.line = file, line


def declares(path: str) -> bool:
    """Whether the file at `path` may name dependencies."""
    return path.rpartition("/")[2] in ("pyproject.toml", "package.json") or bool(_REQUIREMENTS.search(path))


def read_declared(files: Mapping[str, bytes]) -> tuple[list[Declared], list[Unreadable]]:
    """What `files` declare, by path and line, and what of them cannot be read."""
    found: list[Declared] = []
    unreadable: list[Unreadable] = []
    for path, data in files.items():
        try:
            for one in _read(path, data):
                found.append(one) if isinstance(one, Declared) else unreadable.append(one)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            unreadable.append(Unreadable(path, 1, " ".join(str(error).split())[:200] or type(error).__name__))
    return found, unreadable


def dependency_findings(check: str, head: Head, found: list[Declared], unreadable: list[Unreadable]) -> list[Finding]:
    """What is declared that the pack does not allow, or that cannot be read."""
    findings = [
        finding(
            check, str(error), rule="dependency-unreadable", file=error.file, line=error.line,
            hint="name each as `name>=version`, in project.dependencies, a requirements.txt or package.json",
        )
        for error in unreadable
    ]  # fmt: skip
    for one in found:
        allowed = allowed_names(head, one.ecosystem)
        if one.name not in allowed:
            findings.append(
                finding(
                    check, f"{one.name!r} is no dependency that the pack {head.name} allows",
                    rule="dependency-not-allowed", file=one.file, line=one.line,
                    hint=f"allowed for {one.ecosystem}: {', '.join(sorted(allowed)) or 'none'}; do without it",
                )
            )  # fmt: skip
    return findings


def allowed_names(head: Head, ecosystem: Ecosystem) -> dict[str, tuple[str, ...]]:
    """What may be declared, by the name that is compared, each with its Python modules."""
    allowed = head.dependencies[ecosystem].allowed if ecosystem in head.dependencies else ()
    return {normalized(one.name) if ecosystem == "python" else one.name: one.imports for one in allowed}


def known_modules(head: Head, ecosystem: Ecosystem, found: list[Declared]) -> list[str]:
    """What may be imported since it is declared, or since the platform has it."""
    allowed = allowed_names(head, ecosystem)
    provided = head.dependencies[ecosystem].provided if ecosystem in head.dependencies else ()
    known = set(provided)
    for one in found:
        if one.ecosystem == ecosystem:
            known.update((one.name,) if ecosystem == "node" else allowed.get(one.name, (module_of(one.name),)))
    return sorted(known)


def _read(path: str, data: bytes) -> Iterator[Declared | Unreadable]:
    if len(data) > _MOST_BYTES:
        raise ValueError(f"it has more than {_MOST_BYTES >> 10} KB")
    text = data.decode("utf-8")
    name = path.rpartition("/")[2]
    if name == "pyproject.toml":
        return _pyproject(path, text)
    if name == "package.json":
        return _package_json(path, text)
    return _requirements(path, text)


def _pyproject(path: str, text: str) -> Iterator[Declared | Unreadable]:
    data = tomllib.loads(text)
    project = _table(data, "project")
    groups = _table(data, "dependency-groups")
    lists = [
        project.get("dependencies", []),
        *_table(project, "optional-dependencies").values(),
        *groups.values(),
        _table(data, "build-system").get("requires", []),
    ]
    for written in (one for listed in lists for one in listed):
        if not (isinstance(written, dict) and set(cast(dict[str, Any], written)) == {"include-group"}):
            yield _requirement(path, _line(text, str(written)), str(written))
    if "dependencies" in project.get("dynamic", []) or "optional-dependencies" in project.get("dynamic", []):
        yield Unreadable(path, _line(text, "dynamic"), "project.dynamic leaves it to another program")
    for tool in ("poetry", "pdm", "uv", "hatch"):
        if tool in _table(data, "tool"):
            yield Unreadable(path, _line(text, f"tool.{tool}"), f"[tool.{tool}] may name more; use [project] alone")


def _requirements(path: str, text: str) -> Iterator[Declared | Unreadable]:
    for number, line in enumerate(text.splitlines(), 1):
        written = re.sub(r"(^|\s)#.*|(^|\s)--hash[= ]\S+", "", line).rstrip().removesuffix("\\").strip()
        if written and not _ANOTHER.fullmatch(written):  # which is read by itself
            yield _requirement(path, number, written)


def _requirement(path: str, line: int, written: str) -> Declared | Unreadable:
    try:
        requirement = Requirement(written if len(written) <= _LONGEST_LINE else "")
    except InvalidRequirement:
        return Unreadable(path, line, f"{written[:80]!r} is not a plain requirement")
    if requirement.url is not None:
        return Unreadable(path, line, f"{requirement.name!r} comes from an address, not by its name")
    return Declared("python", normalized(requirement.name), path, line, str(requirement.specifier))


def _package_json(path: str, text: str) -> Iterator[Declared | Unreadable]:
    data = json.loads(text)
    for section in _NODE:
        for name, version in _table(data, section).items():
            line = _line(text, f'"{name}"')
            if re.search(r"[:/]", str(version)):  # npm:other@1, git+https://..., file:../x, user/repository
                yield Unreadable(path, line, f"{name!r} comes from {str(version)[:80]!r}, not by its name")
            else:
                yield Declared("node", name, path, line, str(version))


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise TypeError(f"{key!r} is no table")
    return cast(dict[str, Any], found)


def _line(text: str, written: str) -> int:
    """The line on which `written` stands first; 1 where it is written in another way."""
    at = text.find(written)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
