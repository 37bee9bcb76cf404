from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError

from ..sandboxes import Command
from .base import Found, NotRun, Subject
from .findings import finding

_FOUND = TypeAdapter(list[tuple[str, str | None, int | None, str, str]])
_SECONDS = 60.0


async def read_by(
    program: str, check: str, subject: Subject, asked: object, *, seconds: float = _SECONDS, hint: str = ""
) -> Found:
    """What `check` finds, whose `program` reads files in the sandbox; nothing of the project is executed.

    The program is Python. It gets what is `asked`, such as the paths, as JSON, and writes a list of what it found:
    path, rule, line, message and the source's text, of which rule and line may be null. Raises NotRun.
    """
    # -I and -S: no file of the project is imported in the place of a module of the standard library.
    command = Command(("python", "-I", "-S", "-c", program), stdin=json.dumps(asked).encode(), timeout=seconds)
    result = await subject.sandbox.exec(command)
    try:
        found = _FOUND.validate_json(result.stdout.data)
    except ValidationError:
        raise NotRun(f"its program ended with {result.exit_code}: {result.stderr.text[-300:]}") from None
    return Found([
        finding(check, message, rule=rule, file=path, line=line, detail=source, hint=hint)
        for path, rule, line, message, source in found
    ])  # fmt: skip
