from __future__ import annotations

from pydantic import Field

from ..sandboxes import Command
from .base import Arguments, Tool, Workbench

_SHOWN = 12_000  # characters of each stream


class Run(Arguments):
    """Arguments of `run`."""

    command: str = Field(min_length=1)
    timeout: float = Field(default=60, gt=0, le=600)


async def run(bench: Workbench, args: Run) -> str:
    """Run a shell command at the root of the project. There is no network. Nothing that it starts outlives it."""
    result = await bench.sandbox.exec(Command.shell(args.command, timeout=args.timeout))
    ended = f"timed out after {args.timeout:g} s" if result.timed_out else f"exit status {result.exit_code}"
    parts = [f"{ended}, {result.seconds:.2f} s"]
    for name, stream in (("stdout", result.stdout), ("stderr", result.stderr)):
        if stream.size:
            parts.append(f"--- {name}\n{_middle_out(stream.text)}")
    return "\n".join(parts)


def _middle_out(text: str) -> str:
    if len(text) <= _SHOWN:
        return text
    half = _SHOWN // 2
    return f"{text[:half]}\n[{len(text) - _SHOWN} characters left out]\n{text[-half:]}"


RUN = Tool("run", Run, run, changes_files=True)
