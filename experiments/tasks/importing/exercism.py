"""Exercises of Exercism's Python track, and of the polyglot benchmark, which is made of such folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from .base import PYTEST, Draft, Skipped, licence_beside, one_line, slug, unread

_TEXTS = ("introduction.md", "instructions.md", "instructions.append.md")


class _Files(BaseModel):
    solution: list[str] = Field(min_length=1)
    test: list[str] = Field(min_length=1)
    example: list[str] = []
    exemplar: list[str] = []
    editor: list[str] = []


class _Config(BaseModel):
    files: _Files
    blurb: str = ""
    source_url: str = ""


def exercises(source: Path) -> Iterator[Draft | Skipped]:
    """Every exercise in `source` or below."""
    for config in sorted(source.rglob(".meta/config.json")):
        folder = config.parent.parent
        try:
            yield _exercise(folder, _Config.model_validate_json(config.read_bytes()), source)
        except (ValidationError, OSError, UnicodeDecodeError) as error:
            yield Skipped(_name(folder, source), unread(error, folder))


def _exercise(folder: Path, config: _Config, source: Path) -> Draft | Skipped:
    name, files = _name(folder, source), config.files
    right = files.example or files.exemplar
    if other := [path for path in files.solution if not path.endswith(".py")]:
        return Skipped(name, f"its solution is {other[0]}; only Python is imported")
    if len(right) != len(files.solution):
        return Skipped(name, f"it has {len(files.solution)} files of a solution and {len(right)} of an example")
    texts = [folder / ".docs" / text for text in _TEXTS]
    told = "\n\n".join(text.read_text(encoding="utf-8").strip() for text in texts if text.is_file())
    if not told:
        return Skipped(name, "it has no .docs/instructions.md")
    tests = {path: (folder / path).read_bytes() for path in files.test}
    solved = {path: (folder / given).read_bytes() for path, given in zip(files.solution, right, strict=True)}
    named = ", ".join(f"`{path}`" for path in files.solution)
    return Draft(
        id=slug(folder.name),
        summary=one_line(config.blurb or told),
        request=f"Write {named}.\n\n{told}",
        licence=licence_beside(folder, source),
        source=f"Exercism: {name}",
        reference={**solved, **tests},
        acceptance=tests,
        command=(*PYTEST, *files.test),
        start={path: (folder / path).read_bytes() for path in files.editor},
        stub={path: (folder / path).read_bytes() for path in files.solution if (folder / path).is_file()},
    )


def _name(folder: Path, source: Path) -> str:
    return folder.relative_to(source).as_posix() if folder != source else folder.name
