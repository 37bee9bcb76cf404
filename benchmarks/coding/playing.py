"""The script that writes the app: who says what, and how many turns each writer takes."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from slipway.config import Lineup, parse_lineup

from .app import BRIEF, MODULES, PLAN, REQUEST, TESTS, TESTS_FILE, Module

Turns = Mapping[str, int]
"""Model calls of each component's writer, the one that says that it is done included: two or more."""

EVEN: Turns = {module.name: 2 for module in MODULES}


def uneven(seed: int) -> Turns:
    """Two to five turns for each component."""
    chance = random.Random(seed)
    return {module.name: chance.randint(2, 5) for module in MODULES}


@contextmanager
def endpoint(turns: Turns, latency: float, folder: Path) -> Generator[Lineup]:
    """A line-up whose every role asks an endpoint that plays the script, each answer `latency` seconds late.

    It is a process of its own: what a provider computes does not take this process's time.
    """
    script = folder / "script.yaml"
    script.write_text(json.dumps({"name": "ledger", "request": REQUEST, "rules": list(_rules(turns))}))
    words = ["scripted", "--port", "0", "--script", str(script), "--latency", str(latency)]
    with subprocess.Popen([sys.executable, "-m", "slipway", *words], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = process.stdout.readline()
            address = re.search(r"http://\S+", said)
            assert address, f"the scripted endpoint does not start; it says {said!r}"
            yield _lineup(address.group())
        finally:
            process.terminate()


def _lineup(base_url: str) -> Lineup:
    price = {"input": 1, "cached": 0.1, "output": 5}
    default = {"model": "openai:scripted", "base_url": base_url, "price": price}
    return parse_lineup({"name": "ledger", "default": default}, source="waves")


def _rules(turns: Turns) -> Generator[dict[str, Any]]:
    yield from _part("architect", "## Task: brief", [_say(json.dumps(BRIEF))])
    yield from _part("architect", "## Task: plan", [_say(json.dumps(PLAN))])
    yield from _part("tester", "## Task: tests", [_write(TESTS_FILE, TESTS), _say("Done.")])
    for module in MODULES:
        yield from _part("coder", f"## Component: {module.name}\n", _written(module, turns[module.name]))


def _part(role: str, mark: str, replies: Sequence[dict[str, Any]]) -> Generator[dict[str, Any]]:
    for turn, reply in enumerate(replies):
        yield {"role": role, "when": {"turn": turn, "contains": [mark]}, "reply": reply}


def _written(module: Module, turns: int) -> list[dict[str, Any]]:
    """Drafts, the module, and the word that it is done."""
    drafts = [_write(module.file, f"# draft {number}\n") for number in range(1, turns - 1)]
    return [*drafts, _write(module.file, module.source), _say("Done.")]


def _write(path: str, content: str) -> dict[str, Any]:
    return {"content": "", "tool_calls": [{"name": "write_file", "arguments": {"path": path, "content": content}}]}


def _say(text: str) -> dict[str, Any]:
    return {"content": text}
