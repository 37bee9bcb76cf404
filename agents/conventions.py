from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..config import Role
from ..config.pack import Pack, Place

_SHOWN = 20_000
"""Bytes of a template's files that are shown."""


def conventions(pack: Pack, role: Role, *, whole: bool = False) -> str:
    """What `role` is told of `pack`, whose check blocks whatever does not follow it.

    `whole`: all of it. Else what its work needs, since every call pays for every word: rules are for who writes code,
    layout and template for who plans files; of the template each writer is shown its part (`template_of`).
    """
    lines = [*_lines(pack)]
    lines += _layout(pack) if whole else ()
    lines += _commands(pack)
    lines += _rules(pack) if whole or role == "coder" else ()
    lines += _template(pack) if whole else ()
    return "\n".join(lines).strip()


def template_of(pack: Pack | None, wanted: Callable[[str], bool]) -> dict[str, str]:
    """The texts of the files of the pack's template that are `wanted`, by path."""
    return {path: text for path, text in _texts(pack) if text is not None and wanted(path)} if pack else {}


def _lines(pack: Pack) -> Iterator[str]:
    yield f"# Conventions: {pack.name}"
    yield ""
    yield f"{pack.summary} A check holds every file to this; what breaks it is not delivered."
    yield f"\n{pack.instructions}\n"
    for ecosystem, had in sorted(pack.dependencies.items()):
        names = ", ".join([dependency.name for dependency in had.allowed] or ["none"])
        yield f"Packages of {ecosystem} that may be declared: {names}. They are installed; nothing else can be."
    yield from (f"- {framework.name}: {framework.use}" for framework in pack.frameworks)


def _layout(pack: Pack) -> Iterator[str]:
    yield ""
    yield from _places("These files have to be there", pack.layout.required)
    yield from _places("Beside them, only these may", pack.layout.allowed)


def _commands(pack: Pack) -> Iterator[str]:
    commands = pack.commands.model_dump()
    if pack.generated:
        yield f"\nCommands fill these folders, of which no file belongs to a version: {', '.join(pack.generated)}."
    if any(commands.values()):
        yield "\nCommands, run at the root:"
        yield from (f"- {name}: `{command}`" for name, command in commands.items() if command)


def _rules(pack: Pack) -> Iterator[str]:
    yield "\nRules:"
    yield from (f"- {rule.id}: {rule.message}" for rule in pack.all_rules)


def _places(said: str, places: Sequence[Place]) -> Iterator[str]:
    if places:
        yield f"{said}:"
        yield from (f"- `{place.path}`: {place.reason}" for place in places)
        yield ""


def _template(pack: Pack) -> Iterator[str]:
    yield "\nThe smallest project that follows all of it:"
    for path, text in _texts(pack):
        yield f"\n`{path}`{' (not shown)' if text is None else ''}"
        if text is not None:
            yield f"````\n{text}\n````"


def _texts(pack: Pack) -> Iterator[tuple[str, str | None]]:
    """The template's files; None for what is no text, and what is too much."""
    left = _SHOWN
    for path, data in pack.template.items():
        left -= len(data)
        yield path, data.decode("utf-8", "replace").rstrip() if left >= 0 and b"\0" not in data else None
