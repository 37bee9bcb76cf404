from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from ...sandboxes import Command, Sandbox, SandboxRefusal
from ..base import NotRun
from ..sent import program

_BOOT = """
import json, sys, types, warnings
warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
modules = {name: types.ModuleType(f"scan.{name}") for name in asked["modules"]}
package = types.ModuleType("scan")
package.__path__ = []
sys.modules["scan"] = package
for name, module in modules.items():
    module.__package__ = "scan"
    sys.modules[module.__name__] = module
    exec(compile(asked["modules"][name], f"<{name}>", "exec"), module.__dict__)
telling, tool = modules.values()
try:
    answer = tool.scan(asked["request"])
except telling.Failed as error:
    answer = str(error)
telling.tell(asked["answer"], answer)
"""
_PLACES = TypeAdapter(list[tuple[str, int, str, str, str, str]] | str)
Program = Literal["by_mypy", "by_bandit", "by_semgrep", "by_detect_secrets", "by_coverage"]


@dataclass(frozen=True)
class Told:
    """One thing that a tool found."""

    file: str
    line: int
    rule: str
    grade: str
    """How grave it is, in the tool's own words."""
    message: str
    source: str
    """The line of the file."""


async def scan(sandbox: Sandbox, name: Program, request: Mapping[str, object], *, seconds: float) -> list[Told]:
    """What the program `name` of this folder finds in the files that `request` names, by path and line.

    It is sent into `sandbox` and may change the files there; nothing of the project is executed. Raises NotRun.
    """
    answer = f".cache/slipway_{secrets.token_hex(8)}.json"
    sent = {"telling": program(__file__, "telling.py"), name: program(__file__, f"{name}.py")}
    stdin = json.dumps({"modules": sent, "request": dict(request), "answer": answer})
    # -I and -S: no file of the project is imported in the place of a module of the standard library.
    command = Command(("python", "-I", "-S", "-c", _BOOT), stdin=stdin.encode(), timeout=seconds)
    result = await sandbox.exec(command)
    try:
        places = _PLACES.validate_json(await sandbox.read(answer))
    except (SandboxRefusal, ValidationError):
        how = f"did not end within {seconds:g} s" if result.timed_out else f"ended with {result.exit_code}"
        raise NotRun(f"its program {how}: {result.stderr.text[-300:]}") from None
    if isinstance(places, str):
        raise NotRun(places)
    return sorted({Told(*place) for place in places}, key=lambda told: (told.file, told.line, told.rule, told.message))
