"""Where tools are missing, a check says so and what to do; it never passes."""

from __future__ import annotations

import pytest

from slipway.checks import Check, run_checks
from slipway.checks.node import Build, Eslint, JsSyntax, NodeTests, TypeScript
from slipway.sandboxes import FileContent, Limits, Sandbox
from slipway.sandboxes.bubblewrap import open_bubblewrap
from slipway.sandboxes.docker import connect, open_docker

_CHECKS: tuple[Check, ...] = (Build(), Eslint(), JsSyntax(), NodeTests(), TypeScript())
_FILES = {"index.html": "", "package.json": "{}", "a.ts": "", "a.test.js": ""}


async def _reasons(sandbox: Sandbox) -> set[tuple[str, str]]:
    await sandbox.write({path: FileContent(text.encode()) for path, text in _FILES.items()})
    report = await run_checks(_CHECKS, sandbox, "v")
    await sandbox.close()
    assert not report.green
    return {(result.status, result.reason) for result in report.results}


async def test_without_the_tools_they_do_not_run() -> None:
    told = await _reasons(await open_bubblewrap(Limits(), ()))
    wanted = "eslint, TypeScript, vitest and vite"
    said = f"the sandbox lacks the tools for Node.js ({wanted}): open it with the toolset 'node-tools'"
    assert told == {("not_run", said)}


async def test_without_node_they_do_not_run(docker_host: str) -> None:
    """The plain image has none."""
    engine = await connect(docker_host)
    [(status, reason)] = await _reasons(await open_docker(engine, Limits()))
    await engine.close()
    assert status == "not_run"
    assert "no Node.js" in reason and "python -m slipway.sandboxes.images --node" in reason


@pytest.mark.parametrize("check", [JsSyntax(), Eslint(), TypeScript()])
async def test_a_program_that_ends_is_no_pass(checked, check: Check) -> None:
    """The place where it writes its answer is taken."""
    result = await checked(check, {"a.ts": "export {};\n", ".cache": "a file"})
    assert (result.status, result.reason.startswith("its program ended with 70")) == ("not_run", True), result
