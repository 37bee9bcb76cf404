"""Runs semgrep's program in the sandbox, once for all rules and files.

Sent as text: it may import only what is sent with it.

The program is called without the Python around it, which takes seconds to load and reads lists of what to ignore. What
a comment `nosemgrep` hides is told all the same. Of a page the scripts are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .telling import Failed, Place, place, run_tool, scratch

_ANALYZERS = {
    ".py": "python", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "typescript",
}  # fmt: skip
_PAGES = (".html", ".htm", ".vue", ".svelte")
_SCRIPT = re.compile(rb"(<script\b[^>]*>)(.*?)(?=</script)", re.IGNORECASE | re.DOTALL)
_OTHER_TYPE = re.compile(rb"""\btype\s*=\s*["']?(?!module|text/javascript|application/javascript|text/babel)\w""", re.I)
_UNREAD = ("Syntax error", "Lexical error", "Other syntax error", "AST builder error", "PartialParsing")
_SECONDS = "10"
"""For one rule on one file."""


def scan(asked: Mapping[str, Any]) -> list[Place]:
    """What semgrep finds; the grade is the rule's severity, and `UNREAD` where it cannot read a place."""
    program = Path(asked["tools"], "semgrep/bin/semgrep-core")
    if not program.exists():
        raise Failed("semgrep is not in the sandbox; its layer `analysis` has it")
    with scratch() as folder:
        places = dict(_targets(asked["files"], folder))
        (folder / "rules.json").write_text(json.dumps({"rules": asked["rules"]}), encoding="utf-8")
        targets = ["Targets", [_target(path, analyzer) for path, (_, analyzer) in places.items()]]
        (folder / "targets.json").write_text(json.dumps(targets), encoding="utf-8")
        command = [str(program), "-json_nodots", "-rules", "rules.json", "-targets", "targets.json", "-fast"]
        command += ["-timeout", _SECONDS, "-timeout_threshold", "3", "-j", "1"]
        done = run_tool(command, folder, (0,))
    report = json.loads(done.stdout)
    return [*_found(report, places), *_unread(report, places)]


def _targets(files: list[str], folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """What is read of `files`: path -> the project's path, and who reads it."""
    for number, path in enumerate(files):
        if path.endswith(_PAGES):
            scripts = folder / f"{number}.ts"
            scripts.write_bytes(_scripts(Path(path).read_bytes()))
            yield str(scripts), (path, "typescript" if path.endswith(_PAGES[2:]) else "javascript")
        else:
            yield str(Path(path).absolute()), (path, _ANALYZERS[Path(path).suffix])


def _target(path: str, analyzer: str) -> list[Any]:
    return ["CodeTarget", {"path": {"fpath": path, "ppath": path}, "analyzer": analyzer, "products": ["sast"]}]


def _scripts(page: bytes) -> bytes:
    """The scripts of a page, each on the lines where it stands."""
    kept = bytearray(re.sub(rb"[^\n]", b" ", page))
    for script in _SCRIPT.finditer(page):
        if not _OTHER_TYPE.search(script[1]):
            kept[script.start(2) : script.end(2)] = script[2]
    return bytes(kept)


def _found(report: Mapping[str, Any], places: Mapping[str, tuple[str, str]]) -> Iterator[Place]:
    for each in report["results"]:
        path, _ = places[each["path"]]
        yield place(path, each["start"]["line"], each["check_id"], each["extra"]["severity"], each["extra"]["message"])


def _unread(report: Mapping[str, Any], places: Mapping[str, tuple[str, str]]) -> Iterator[Place]:
    for error in report["errors"]:
        kind = error["error_type"] if isinstance(error["error_type"], str) else error["error_type"][0]
        where: dict[str, Any] = error.get("location") or {"path": "", "start": {"line": 1}}
        path, _ = places.get(where["path"], ("", ""))
        if kind not in _UNREAD or not path:
            raise Failed(f"{kind} {path or error.get('rule_id') or ''}: {' '.join(error['message'].split())[:300]}")
        yield place(path, where["start"]["line"], "unread", "UNREAD", "no rule was applied here: it cannot be parsed")
