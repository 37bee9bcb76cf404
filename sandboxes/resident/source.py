"""The agent's program as one text: the modules of `slipway.sandboxes.agent`, one after the other.

A sandbox has nothing of ours in its file system, so its first process gets the program as an argument. What the modules
import from each other is there already, since they follow each other and share one namespace.
"""

from __future__ import annotations

import ast
import functools
import marshal
import sys
import zlib
from binascii import b2a_base64
from pathlib import Path

MODULES = ("wire", "tree", "files", "copies", "limits", "commands", "links", "main")
"""In an order in which each needs only those before it."""
_FOLDER = Path(__file__).parent.parent / "agent"


@functools.cache
def agent_source() -> str:
    """The text of the agent's program, for `python3 -I -S -c` of any version since 3.11."""
    return "from __future__ import annotations\n\n" + "\n\n".join(_alone(name) for name in MODULES) + "\n\nmain()\n"


@functools.cache
def agent_code() -> str:
    """The same, compiled, for the very interpreter that runs now: it starts in two thirds of the time."""
    code = compile(agent_source(), "<agent>", "exec", dont_inherit=True)
    packed = b2a_base64(zlib.compress(marshal.dumps(code), 9), newline=False).decode()
    return f"import marshal, zlib, binascii; exec(marshal.loads(zlib.decompress(binascii.a2b_base64({packed!r}))))"


def interpreter_tag() -> str:
    """What a compiled program fits: another interpreter than this needs the source."""
    return sys.implementation.cache_tag


def _alone(name: str) -> str:
    """A module's text without what belongs to a package: its imports from others, and its place among them."""
    text = (_FOLDER / f"{name}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if future or (isinstance(node, ast.ImportFrom) and node.level > 0):
            lines[node.lineno - 1 : node.end_lineno] = [""] * len(lines[node.lineno - 1 : node.end_lineno])
    return "\n".join(lines)
