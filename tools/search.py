from __future__ import annotations

import json

from pydantic import Field

from ..sandboxes import Command
from .base import Arguments, Tool, ToolRefusal, Workbench
from .paths import folder_prefix

_MOST = 100

_PROGRAM = """
import json, re, sys
request = json.load(sys.stdin)
pattern = re.compile(request["pattern"])
found = 0
for path in request["paths"]:
    try:
        lines = open(path, encoding="utf-8").read().splitlines()
    except (OSError, UnicodeDecodeError):
        continue
    for number, line in enumerate(lines, 1):
        if pattern.search(line):
            found += 1
            if found <= request["most"]:
                print(f"{path}:{number}: {line[:300]}")
print(f"[{found} lines match]")
"""


class Search(Arguments):
    """Arguments of `search`."""

    pattern: str = Field(min_length=1)
    path: str = "."


async def search(bench: Workbench, args: Search) -> str:
    """Find the lines that match a regular expression (Python's) in the project's files, or under one folder or file."""
    prefix = folder_prefix(args.path)
    paths = sorted(path for path in await bench.sandbox.snapshot() if f"{path}/".startswith(prefix))
    request = json.dumps({"pattern": args.pattern, "paths": paths, "most": _MOST}).encode()
    # The pattern is untrusted and may not end: it is matched in the sandbox, against a clock.
    result = await bench.sandbox.exec(Command(("python", "-I", "-S", "-c", _PROGRAM), stdin=request, timeout=20))
    if not result.ok:
        why = "took too long" if result.timed_out else result.stderr.text.strip().rpartition("\n")[2]
        raise ToolRefusal(f"the pattern {args.pattern!r} cannot be searched for: {why}")
    return result.stdout.text


SEARCH = Tool("search", Search, search)
