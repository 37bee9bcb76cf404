from __future__ import annotations

from collections.abc import Collection

from ..sandboxes import BASICS
from ..state.records import Manifest
from .base import Found, Subject, python_files
from .reading import read_by

_PROGRAM = """
import ast, json, sys, warnings
warnings.simplefilter("ignore")
found = []
for path in json.load(sys.stdin):
    try:
        ast.parse(open(path, "rb").read(), path)
    except (SyntaxError, ValueError) as error:
        found.append([path, None, getattr(error, "lineno", None), str(getattr(error, "msg", error)),
                      (getattr(error, "text", None) or "").strip()])
    except (RecursionError, MemoryError):
        found.append([path, None, None, "is nested too deeply to be parsed", ""])
print(json.dumps(found))
"""


class Syntax:
    """Every Python file parses."""

    name = "syntax"
    blocking = True
    needs = (BASICS,)
    seconds = 90.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Its Python files."""
        return python_files(manifest)

    async def run(self, subject: Subject) -> Found:
        """Parse each file with the sandbox's own interpreter."""
        return await read_by(_PROGRAM, self.name, subject, subject.python_files())
