from __future__ import annotations

import importlib.resources
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import yaml

from ... import config
from ...sandboxes import ANALYSIS, BASICS
from ...state.records import Finding, Manifest, Severity
from ..base import Found, Subject
from ..findings import finding, worst
from ..node.programs import SCRIPTS
from ..node.tests import is_node_test_file
from ..scans import Told, scan
from ..tests import is_testing

_READ = (
    ".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".html", ".htm", ".vue", ".svelte",
)  # fmt: skip
_MADE = (".min.js", ".min.mjs", ".d.ts", ".bundle.js")
_ALWAYS = ("python.yml", "javascript.yml")
_SEVERITIES: dict[str, Severity] = {"ERROR": "error", "WARNING": "warning"}

Rules = tuple[Mapping[str, Any], ...]
"""Rules in semgrep's format; `metadata.hint` is what to do about a finding; `metadata.quotes` false: the line is not
repeated."""


@lru_cache
def rules_of(name: str) -> Rules:
    """The rules of the file `name` in `config/rules/semgrep/`; `authorisation.yml` is for packs that demand it."""
    text = importlib.resources.files(config).joinpath("rules", "semgrep", name).read_text(encoding="utf-8")
    return read_rules(text)


def read_rules(text: str) -> Rules:
    """The rules of a file in semgrep's format. ValueError where it holds none."""
    data = yaml.safe_load(text)
    rules = cast(dict[str, Any], data).get("rules") if isinstance(data, dict) else None
    if not isinstance(rules, list) or not rules:
        raise ValueError("a file of semgrep's rules has a list `rules`")
    return tuple(cast(list[Mapping[str, Any]], rules))


class Semgrep:
    """No rule of ours, or of `more`, finds anything in Python, JavaScript, TypeScript and the scripts of pages.

    What is found in tests is a warning.
    """

    name = "semgrep"
    blocking = True
    needs = (BASICS, ANALYSIS)
    seconds = 60.0

    def __init__(self, more: Sequence[Mapping[str, Any]] = ()) -> None:
        self._rules = (*(rule for name in _ALWAYS for rule in rules_of(name)), *more)

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """What it can read, and no tool has made."""
        return readable(manifest)

    async def run(self, subject: Subject) -> Found:
        """Run semgrep once, with all rules over all files."""
        return Found(worst(await broken(self.name, self._rules, subject, self.seconds - 10)))


def readable(manifest: Manifest) -> list[str]:
    """What semgrep can read, and no tool has made."""
    return sorted(path for path in manifest if path.endswith(_READ) and not path.endswith(_MADE))


async def broken(check: str, rules: Rules, subject: Subject, seconds: float) -> list[Finding]:
    """Where `subject` breaks `rules`, told under the name `check`: one run of semgrep over all files. Raises NotRun.

    What is found in tests is a warning.
    """
    about = {str(rule["id"]): rule.get("metadata", {}) for rule in rules}
    request = {"files": readable(subject.manifest), "tools": ANALYSIS.place, "rules": rules}
    told = await scan(subject.sandbox, "by_semgrep", request, seconds=seconds)
    return [_finding(check, each, about.get(each.rule, {})) for each in told]


def _finding(check: str, told: Told, about: Mapping[str, Any]) -> Finding:
    severity = "warning" if _is_test(told.file) else _SEVERITIES.get(told.grade, "warning")
    return finding(
        check, told.message, rule=told.rule, file=told.file, line=told.line, severity=severity,
        detail=told.source if about.get("quotes", True) else "", hint=str(about.get("hint", "")),
    )  # fmt: skip


def _is_test(path: str) -> bool:
    # A page can load any script: only the name of a test tells that it is none of the program's.
    return is_node_test_file(path) if path.endswith(SCRIPTS) else is_testing(path)
