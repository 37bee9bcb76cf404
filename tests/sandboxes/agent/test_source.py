"""The agent's program runs alone, in whatever Python a sandbox has: it leans on nothing but the standard library."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable

import pytest

from slipway.sandboxes.agent.commands import Kept
from slipway.sandboxes.agent.tree import components
from slipway.sandboxes.agent.wire import Refusal
from slipway.sandboxes.resident.source import agent_code, agent_source


def test_it_imports_the_standard_library_only() -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(agent_source())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module or "")
    assert imported - sys.stdlib_module_names - {"collections.abc"} == set()


def test_its_modules_share_one_namespace_without_a_clash() -> None:
    """They become one text, in which the later of two equal names would win without a word."""
    names: list[str] = []
    for node in ast.parse(agent_source()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("text", [agent_source, agent_code])
def test_it_fits_into_one_argument(text: Callable[[], str]) -> None:
    """Linux takes 128 KiB at most in one."""
    assert len(text().encode()) < 100_000


@pytest.mark.parametrize("text", [agent_source, agent_code])
def test_it_loads_isolated_and_refuses_to_be_anything_but_pid_1(text: Callable[[], str]) -> None:
    """Its way to end a command is `kill(-1)`: outside a namespace that would be every process of the user."""
    command = [sys.executable, "-I", "-S", "-c", text(), "{}"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "the agent runs as PID 1 of a sandbox only\n")


@pytest.mark.parametrize("limit", [0, 1, 7, 8, 1000])
@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_a_stream_keeps_its_head_and_tail(limit: int, piece: int) -> None:
    data = bytes(range(256)) * 1000
    kept = Kept(limit)
    for at in range(0, 3000, piece):
        kept.add(data[at : min(at + piece, 3000)])
    head, tail = limit - limit // 2, limit // 2
    assert (kept.size, kept.bytes()) == (3000, data[:head] + data[3000 - tail : 3000])


def test_a_short_stream_is_kept_whole() -> None:
    kept = Kept(8)
    kept.add(b"12345678")
    assert (kept.size, kept.bytes()) == (8, b"12345678")


@pytest.mark.parametrize("path", ["..", "a/../b", "/etc", "/"])
def test_it_guards_paths_itself_too(path: str) -> None:
    with pytest.raises(Refusal):
        components(path)
