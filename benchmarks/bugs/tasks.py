"""Tasks of HumanEvalPack, as its JSON lines have them (Muennighoff et al., OctoPack, 2023)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError


class BadInput(Exception):
    """A file that does not hold tasks; the message names the file, the line and the field."""


def _python(text: str) -> str:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"is not Python: {error}") from None
    return text


class Task(BaseModel):
    """What is used of a task; whatever else it has is left alone."""

    model_config = ConfigDict(frozen=True)

    task_id: str
    declaration: str
    """What stands before the body: imports, helpers, the signature."""
    canonical_solution: str
    """The right body."""
    buggy_solution: str
    """The body with a fault that a person put there."""
    test: Annotated[str, AfterValidator(_python)]
    """A module; as a rule a function `check` and a call of it."""
    entry_point: Annotated[str, Field(pattern=r"^[^\W\d]\w*$")]
    """The name of the function."""


def read_tasks(file: Path) -> list[Task]:
    """The tasks of `file`, at least one, in order. Raises BadInput."""
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; give a file of HumanEvalPack (Python)") from None
    tasks = [_task(line, f"{file}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not tasks:
        raise BadInput(f"{file} holds no task; give a file of HumanEvalPack (Python), one JSON object a line")
    return tasks


def _task(line: bytes, place: str) -> Task:
    try:
        return Task.model_validate_json(line)
    except ValidationError as error:
        needed = ", ".join(Task.model_fields)
        raise BadInput(f"{place}: {'; '.join(_wrong(error))}; each line is a JSON object with {needed}") from None


def _wrong(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        yield " ".join([*(f"field {name!r}:" for name in each["loc"]), each["msg"]])
