from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from ...sandboxes import Sandbox
from ..base import NotRun
from ..sent import program
from .programs import run_program

Place = tuple[str, int, int]
"""In a script: its path, the line from 1, the column from 0."""
_PROGRAM = program(__file__, "sourcemaps.cjs")
_WRITTEN = TypeAdapter(list[tuple[str, int] | None])
_SECONDS = 20.0


async def written(sandbox: Sandbox, places: Sequence[Place]) -> Mapping[Place, tuple[str, int]]:
    """The file and the line of the source that each of `places` in built scripts of `sandbox` was made from.

    Only of those that a source map beside the script tells of; of none where there is nothing to read one with.
    """
    if not places:
        return {}
    try:
        told = await run_program(sandbox, _PROGRAM, {"places": places}, _SECONDS)
        found = _WRITTEN.validate_json(told.answer or b"")
    except (NotRun, ValidationError):  # whoever built the scripts made the maps, too
        return {}
    return {place: source for place, source in zip(places, found, strict=False) if source}
