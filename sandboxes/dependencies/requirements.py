"""Requirements of Python packages, as lines: by name only, so that each one can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from .base import DependenciesRefused
from .projects import normalized

_HASH = re.compile(r"--hash[= ](\S+)")


@dataclass(frozen=True)
class Wanted:
    """One requirement."""

    name: str
    """As an index has it."""
    written: str
    """As pip takes it, in its shortest form, without hashes."""
    specifier: SpecifierSet
    hashes: frozenset[str] = frozenset()
    """`sha256:...`; where there are any, one of them must be its file's."""

    @property
    def pinned(self) -> str | None:
        """The one version that fits, where `==` says so."""
        exact = [one.version for one in self.specifier if one.operator == "==" and not one.version.endswith(".*")]
        return exact[0] if len(self.specifier) == 1 and exact else None

    @property
    def line(self) -> str:
        """The whole requirement."""
        return " ".join([self.written, *(f"--hash={digest}" for digest in sorted(self.hashes))])


def read_requirements(text: str) -> list[Wanted]:
    """What the lines of `text` ask for, sorted. DependenciesRefused names each that is not a plain requirement."""
    wanted: dict[str, Wanted] = {}
    reasons: list[str] = []
    for line in _lines(text):
        try:
            found = _read(line)
        except (InvalidRequirement, DependenciesRefused) as error:
            reasons.append(f"{line!r} is not a plain requirement such as 'httpx>=0.27': {_first(error)}")
            continue
        wanted[found.line] = found
    if not reasons and any(one.hashes for one in wanted.values()):
        reasons = [
            f"{one.name!r} has {'no hash' if one.pinned else 'no exact version'}, others have one: give an exact "
            "version and a hash to every line, or a hash to none"
            for one in wanted.values()
            if not (one.hashes and one.pinned)
        ]
    if reasons:
        raise DependenciesRefused(*reasons)
    return [wanted[line] for line in sorted(wanted)]


def _lines(text: str) -> Iterator[str]:
    joined = re.sub(r"\\\r?\n", " ", text)
    for line in joined.splitlines():
        stripped = re.sub(r"(^|\s)#.*", "", line).strip()
        if stripped:
            yield " ".join(stripped.split())


def _read(line: str) -> Wanted:
    hashes = _HASH.findall(line)
    plain = _HASH.sub("", line).strip()
    if plain.startswith("-") or " --" in plain:
        raise DependenciesRefused("options are not taken")
    requirement = Requirement(plain)
    if requirement.url is not None:
        raise DependenciesRefused("addresses are not taken, only names")
    if any(not re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes):
        raise DependenciesRefused("a hash must be sha256")
    requirement.name = normalized(requirement.name)  # which no longer looks like a file, as `a.whl` does
    return Wanted(requirement.name, str(requirement), requirement.specifier, frozenset(hashes))


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]
