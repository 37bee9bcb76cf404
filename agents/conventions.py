from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..config.pack import Pack, Place

_SHOWN = 20_000
"""Bytes of a template's files that are shown."""


def conventions(pack: Pack) -> str:
    """What agents are told of `pack`, whose check blocks whatever does not follow it."""
    return "\n".join(_lines(pack)).strip()


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
    yield "\nThe smallest project that follows all of it:"
    yield from _template(pack)


def _places(said: str, places: Sequence[Place]) -> Iterator[str]:
    if places:
        yield f"{said}:"
        yield from (f"- `{place.path}`: {place.reason}" for place in places)
        yield ""


def _template(pack: Pack) -> Iterator[str]:
    left = _SHOWN
    for path, data in pack.template.items():
        left -= len(data)
        shown = left >= 0 and b"\0" not in data
        yield f"\n`{path}`{'' if shown else ' (not shown)'}"
        if shown:
            yield f"````\n{data.decode('utf-8', 'replace').rstrip()}\n````"
