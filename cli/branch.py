from __future__ import annotations

import argparse
import json

from ..config import load_settings
from ..graphs.branching import Branched, make_branch
from ..state import open_state
from ..state.text import visible
from .execution import execute


def main(arguments: argparse.Namespace) -> int:
    """`slipway branch`."""

    async def command() -> int:
        async with open_state(load_settings(arguments.set)) as redis:
            made = await make_branch(redis, arguments.run, arguments.repo, name=arguments.name, also=arguments.also)
        if arguments.json:
            print(json.dumps(_facts(made)))
        else:
            print(visible(_text(made)))
        return 0

    return execute(command)


def _facts(made: Branched) -> dict[str, object]:
    return {
        "branch": made.name,
        "commit": made.commit,
        "base": made.base,
        "uncommitted": made.uncommitted,
        "paths": list(made.paths),
        "left_out": dict(made.left_out),
    }


def _text(made: Branched) -> str:
    lines = [f"branch {made.name}: commit {made.commit}, {len(made.paths)} files changed since {made.base}"]
    if made.uncommitted:
        lines.append(f"what was uncommitted at import comes before it, as commit {made.uncommitted}")
    lines += [f"left out: {path} ({why}); add it with: --with {path}" for path, why in made.left_out.items()]
    return "\n".join([*lines, f"look at it with: git diff {made.base[:12]}..{made.name}"])
