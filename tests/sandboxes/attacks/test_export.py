"""Attacks on the machine of whoever takes files out of a sandbox."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from slipway.sandboxes import Command, Sandbox
from slipway.sandboxes.versions import export

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLANT = """
git init -q . && git config user.email a@b && git config user.name x
printf '#!/bin/sh\\ntouch OWNED\\n' > own.sh && chmod +x own.sh
for hook in pre-commit post-checkout post-index-change fsmonitor-watchman reference-transaction; do
  cp own.sh .git/hooks/$hook
done
git config core.fsmonitor "touch OWNED; false" && git config core.pager "touch OWNED" && git config core.editor ./own.sh
git config filter.own.clean "touch OWNED; cat" && git config diff.external ./own.sh
echo '* filter=own' > .gitattributes
git config alias.st '!touch OWNED' && echo plain > plain.txt
mkdir -p bare/objects bare/refs && cp .git/HEAD .git/config bare/
mkdir -p sub && printf 'gitdir: ../.git\\n' > sub/.git
"""


async def test_git_on_the_host_runs_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    item = "git hooks on the host"
    tries = "a repository with hooks, a monitor, filters, pagers, aliases; a bare one; one that points to another"
    safe = "none of it is exported, so that git, run there by a person, runs nothing of it"
    """
    if shutil.which("git") is None:
        pytest.skip("git, which the attack is on, is not there")
    planted = await sandbox.exec(Command.shell(PLANT))
    if planted.exit_code == 127:
        pytest.skip("no git in this sandbox")
    assert planted.ok, planted.stderr.text
    into = tmp_path / "out"
    exported = await export(sandbox, into)
    assert "plain.txt" in exported.written
    for place in (into, into / "sub", into / "bare"):
        if place.is_dir():
            for command in ("status", "diff", "log", "st", "add -n ."):
                git = ["git", "-C", str(place), *command.split()]
                subprocess.run(git, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
    assert list(into.rglob("OWNED")) == []
    assert [path for path in into.rglob("*") if path.name == ".git"] == []


SELF_STARTERS = (
    ".envrc", ".vscode/tasks.json", ".vscode/settings.json", ".idea/workspace.xml", ".devcontainer/devcontainer.json",
    ".mcp.json", ".claude/settings.json", ".cursor/mcp.json", "mise.toml", ".mise.toml", "x.code-workspace",
    ".git/hooks/post-checkout", ".GIT/config", "deep/.envrc", "deep/.vscode/tasks.json", ".zed/tasks.json",
)  # fmt: skip


async def test_nothing_that_is_exported_runs_by_itself(sandbox: Sandbox, tmp_path: Path) -> None:
    """
    item = "files that run by themselves in an export"
    tries = "files that shells, editors and coding agents act upon when a folder is opened; links; set-uid files"
    safe = "they stay behind, and are named; nothing but plain files arrives, none of them set-uid"
    """
    lines = [f"mkdir -p $(dirname {path}); echo evil > {path}" for path in SELF_STARTERS]
    more = [
        "ln -s /etc/passwd link; ln -s .. up; mkfifo pipe",
        "cp /bin/true setuid; chmod 6777 setuid; echo > plain.txt",
    ]
    assert (await sandbox.exec(Command.shell("\n".join(lines + more)))).ok
    into = tmp_path / "out"
    exported = await export(sandbox, into)
    assert exported.written == ("plain.txt", "setuid")
    arrived = sorted(str(path.relative_to(into)) for path in into.rglob("*"))
    assert arrived == ["plain.txt", "setuid"]
    assert (into / "setuid").stat().st_mode & 0o7022 == 0
    assert {"link", "pipe", "up", "deep/.envrc", ".vscode/tasks.json"} <= exported.left_out.keys()
