from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..config.pack import Pack, Place

_SHOWN = 20_000
"""Bytes of a template's files that are shown."""


def conventions(pack: Pack, *, whole: bool = False) -> str:
    """What agents are told of `pack`, whose check blocks whatever does not follow it; `whole`: its template, too.

    Of the template each writer is shown its part (`template_of`): every call of every agent would pay for all of it.
    """
    return "\n".join([*_lines(pack), *(_template(pack) if whole else ())]).strip()


def template_of(pack: Pack | None, wanted: Callable[[str], bool]) -> dict[str, str]:
    """The texts of the files of the pack's template that are `wanted`, by path."""
    return {path: text for path, text in _texts(pack) if text is not None and wanted(path)} if pack else {}


def _lines(pack: Pack) -> Iterator[str]:
    yield f"# Conventions: {pack.name}"
    yield ""
    yield f"{pack.summary} A check holds every file to this; what breaks it is not delivered."
    yield f"\n{pack.instructions}\n"
    yield from _places("These files have to be there", pack.layout.required)
    yield from _places("Beside them, only these may", pack.layout.allowed)
    for ecosystem, had in sorted(pack.dependencies.items()):
        names = ", ".join([dependency.name for dependency in had.allowed] or ["none"])
        yield f"Packages of {ecosystem} that may be declared: {names}. They are installed; nothing else can be."
    yield from (f"- {framework.name}: {framework.use}" for framework in pack.frameworks)
    commands = pack.commands.model_dump()
    if pack.generated:
        yield f"\nCommands fill these folders, of which no file belongs to a version: {', '.join(pack.generated)}."
    if any(commands.values()):
        yield "\nCommands, run at the root:"
        yield from (f"- {name}: `{command}`" for name, command in commands.items() if command)
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
