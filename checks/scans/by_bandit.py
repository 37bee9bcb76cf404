"""Runs bandit in the sandbox, over all files at once. Sent as text: it may import only what is sent with it.

Comments `# nosec` are not obeyed, and the project's settings are not read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .telling import Failed, Place, place, python, run_tool, scratch


def scan(asked: Mapping[str, Any]) -> list[Place]:
    """What bandit finds; the grade is its severity and how sure it is, such as `HIGH/MEDIUM`."""
    with scratch() as folder:
        command = [*python(asked["tools"], "bandit"), "--quiet", "--ignore-nosec", "--format", "json"]
        command += [
            "--skip",
            ",".join(asked["skipped"]),
            "--",
            *(str(Path(path).absolute()) for path in asked["files"]),
        ]
        done = run_tool(command, folder, (0, 1), PYTHONPATH=asked["tools"])
    report = json.loads(done.stdout)
    here = f"{Path.cwd()}/"
    # A file that does not parse is the finding of another check; one that bandit breaks on would be passed over.
    broken = [each for each in report["errors"] if "syntax error" not in each["reason"]]
    if broken:
        raise Failed(f"bandit on {broken[0]['filename'].removeprefix(here)}: {broken[0]['reason']}")
    return [
        place(
            each["filename"].removeprefix(here), each["line_number"], each["test_id"],
            f"{each['issue_severity']}/{each['issue_confidence']}", each["issue_text"],
        )
        for each in report["results"]
    ]  # fmt: skip
