"""A pack: the conventions of a platform, as data that people, agents and a check read."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["python", "javascript", "typescript", "tsx", "html", "css"]
Ecosystem = Literal["python", "node"]

BUILT_IN = frozenset({
    "layout-missing", "layout-not-allowed", "dependency-not-allowed", "dependency-unreadable", "import-undeclared",
    "suppressed", "unread",
})  # fmt: skip
"""What the check `conventions` finds by itself, from a pack's layout and dependencies: no rule may be called so."""

LOCKS = ("requirements.txt", "package.json", "package-lock.json")
"""What may be in a pack's `lock` folder."""

SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""How packs, rules and examples are called."""
_ONE_LINE = StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\n]*$")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, _ONE_LINE]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]


def _relative(path: str) -> str:
    if not path or path.startswith("/") or path.endswith("/") or "\\" in path or "\0" in path:
        raise ValueError(f"{path!r} is no path below the project's folder; write it like 'src/*.py'")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"{path!r} has an empty segment, '.' or '..'; write it like 'src/*.py'")
    return path


Glob = Annotated[str, StringConstraints(max_length=500), AfterValidator(_relative)]
"""For paths of a project: `*` within a name, `**` for folders, `?`, `[...]`."""


Folder = Annotated[str, AfterValidator(lambda path: path if path in ("", ".") else _relative(path))]
"""Of a project; `.`: its root."""


def _unique(what: str, names: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} has {name!r} twice; keep one")
        seen.add(name)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Part):
    """Where something has to be, or may be."""

    path: Glob
    reason: Line
    """Why; it is told to whoever breaks it."""


class Layout(_Part):
    """Which files a project has."""

    required: tuple[Place, ...] = ()
    """Each must be matched by a file."""
    allowed: tuple[Place, ...] = ()
    """What is matched by none of these, nor required, may not be there. Empty: everything may."""

    @model_validator(mode="after")
    def _each_once(self) -> Layout:
        _unique("layout.required", (place.path for place in self.required))
        _unique("layout.allowed", (place.path for place in self.allowed))
        return self


class Dependency(_Part):
    """A package that a project may depend on."""

    name: Annotated[str, StringConstraints(pattern=r"^(@[a-z0-9._~-]+/)?[A-Za-z0-9][A-Za-z0-9._-]*$")]
    """As its registry has it."""
    modules: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], ...] | None = None
    """What is imported from it in Python; None: a module of its name. A build tool has none: `[]`."""
    versions: Annotated[str, StringConstraints(pattern=r"^[<>=~^!0-9][0-9A-Za-z.*<>=~^!,| -]*$")] = ""
    """Which of them a lock may have, as its ecosystem writes it (`>=2,<3`, `^6.4`); "": any."""

    @property
    def imports(self) -> tuple[str, ...]:
        """The names of its modules."""
        return (module_of(self.name),) if self.modules is None else self.modules


class Allowed(_Part):
    """What may be had from one ecosystem."""

    allowed: tuple[Dependency, ...] = ()
    """What may be declared."""
    provided: tuple[Line, ...] = ()
    """Modules that may be imported although nothing declares them, since the platform has them."""

    @model_validator(mode="after")
    def _each_once(self) -> Allowed:
        _unique("allowed", (dependency.name for dependency in self.allowed))
        return self

    @property
    def locked(self) -> tuple[Dependency, ...]:
        """What a lock is made of: not of tools that nobody imports, nor of what the platform has."""
        had = set(self.provided)
        return tuple(
            one for one in self.allowed if one.name not in had and one.imports and not had.issuperset(one.imports)
        )


class Framework(_Part):
    """What a project may be built on."""

    name: Line
    use: Line
    """What for."""


class Commands(_Part):
    """How a project of this kind is handled; "" where there is nothing to do."""

    install: str = ""
    build: str = ""
    test: str = ""
    start: str = ""


class Head(_Part):
    """What stands in `pack.yaml`."""

    name: Slug
    version: int = Field(ge=1, strict=True)
    summary: Line
    languages: tuple[Language, ...] = Field(min_length=1)
    layout: Layout = Layout()
    dependencies: dict[Ecosystem, Allowed] = {}
    """What is not named here is not allowed at all."""
    frameworks: tuple[Framework, ...] = ()
    commands: Commands = Commands()
    service: bool = False
    """What `commands.start` starts answers HTTP, on the port that the variable PORT names."""
    pages: Folder = ""
    """The folder whose files a browser shows as they are, once `commands.build` ran; "" where there are none."""
    generated: tuple[Annotated[str, AfterValidator(_relative)], ...] = ()
    """Folders that commands fill: no file in them belongs to a version."""

    @model_validator(mode="after")
    def _has_what_serves(self) -> Head:
        if self.service and not self.commands.start:
            raise ValueError("service is true, and commands.start is missing; say how it is started")
        if self.service and self.pages:
            raise ValueError("service and pages exclude each other; what is served by a program needs no folder")
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Head:
        _unique("languages", self.languages)
        _unique("frameworks", (framework.name for framework in self.frameworks))
        _unique("generated", self.generated)
        return self


class Rule(_Part):
    """A forbidden pattern, in ast-grep's own format."""

    id: Slug
    language: Language
    severity: Literal["error", "warning"]
    """An error fails the check; a warning is only said."""
    message: Line
    note: Text
    """What to write instead."""
    text: str = Field(repr=False)
    """The file as ast-grep reads it."""


class SemgrepRule(_Part):
    """What must not be done, in semgrep's own format: a flow of data, where a pattern is not enough."""

    id: Slug
    languages: tuple[Literal["python", "javascript", "typescript"], ...] = Field(min_length=1)
    """As semgrep calls them: TypeScript is with and without markup."""
    severity: Literal["error", "warning"]
    message: Line
    note: Text
    """What to write instead: its `metadata.hint`."""
    rule: Mapping[str, Any] = Field(repr=False)
    """All of it, as semgrep reads it."""


class Expected(_Part):
    """A finding that an example must have."""

    check: Literal["conventions"]
    rule: str
    file: Glob
    """For `layout-missing`, the glob that nothing matches."""


class Example(_Part):
    """A small project, as what it puts over the pack's template."""

    name: Slug
    files: Mapping[str, bytes] = Field(repr=False)
    without: tuple[Glob, ...] = ()
    """Files of the template that it lacks."""
    expected: tuple[Expected, ...] = ()
    """All that is found in it; one that must pass has none."""


class Pack(Head):
    """A pack with all its files. Two with one digest are the same."""

    rules: tuple[Rule, ...]
    semgrep: tuple[SemgrepRule, ...] = ()
    instructions: Text = Field(repr=False)
    """For agents."""
    template: Mapping[str, bytes] = Field(repr=False)
    """The smallest project that follows the conventions."""
    lock: Mapping[str, bytes] = Field({}, repr=False)
    """The packages that its projects get, in exact versions: `LOCKS` by name, empty where they need none."""
    passing: tuple[Example, ...]
    failing: tuple[Example, ...]
    digest: str
    """SHA-256 over the paths and contents of its files."""

    @property
    def all_rules(self) -> tuple[Rule | SemgrepRule, ...]:
        """Its rules, whoever reads them. No two are called alike."""
        return (*self.rules, *self.semgrep)

    def project(self, example: Example) -> dict[str, bytes]:
        """The files of an example: the template's, with its own over them."""
        kept = {path: data for path, data in self.template.items() if path not in example.without}
        return {**kept, **example.files}


def normalized(name: str) -> str:
    """A Python package's name as it is compared (PEP 503). Names of npm are compared as they are."""
    return re.sub(r"[-_.]+", "-", name).lower()


def module_of(package: str) -> str:
    """The Python module that a package most likely has."""
    return normalized(package).replace("-", "_")
