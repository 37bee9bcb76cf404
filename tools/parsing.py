from __future__ import annotations

import json

from ..sandboxes import Command, Sandbox

_PROGRAM = """
import ast, json, sys, warnings
warnings.simplefilter("ignore")
def fault(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return [getattr(error, "lineno", None), str(getattr(error, "msg", error))]
before, after = json.load(sys.stdin)
print(json.dumps(None if fault(before) else fault(after)))
"""


async def broken(sandbox: Sandbox, before: str, after: str) -> str | None:
    """The fault of the Python text `after`, where `before` had none; None where it has none, or none can be told.

    The texts are untrusted, and a parser can be driven into the ground: it runs in the sandbox.
    """
    stdin = json.dumps([before, after]).encode()
    result = await sandbox.exec(Command(("python", "-I", "-S", "-c", _PROGRAM), stdin=stdin, timeout=20))
    try:
        fault = json.loads(result.stdout.text) if result.ok else None
    except ValueError:
        return None
    return f"line {fault[0]}: {fault[1]}" if isinstance(fault, list) and len(fault) == 2 else None
