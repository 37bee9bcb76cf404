"""Looks for what a pack forbids: by ast-grep's rules, and modules that are imported and that nothing declares.

Sent as text into the sandbox, where the files are parsed and ast-grep runs: it may import nothing of ours. What the
project says to ast-grep (its settings, lists of what to ignore) is not read, and a comment that tells ast-grep to look
away is found instead of obeyed.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

Place = tuple[str, str, int, str, str]
"""Path, rule, line, message, and the source's text."""

_MOST_TOLD = 48 << 10  # characters of the answer: what a command may print is bounded
_LONGEST = 300  # characters of a message, and of a line of source
_MOST_BYTES = 1 << 20  # of one file; ast-grep passes over larger ones in silence
_TOGETHER = 500  # files: what a command line may hold is bounded
_IGNORE = b"ast-grep-ignore"
_KINDS = ("hidden", "dot", "exclude", "global", "parent", "vcs")
_OF_NODE = "_imported"  # as no rule of a pack can be called

_IMPORTED = """
id: {name}-{language}
language: {language}
severity: error
message: imported
rule:
  kind: string
  any:
    - inside: {{kind: import_statement}}
    - inside: {{kind: export_statement}}
    - inside: {{kind: arguments, inside: {{pattern: import($$$)}}}}
    - inside: {{kind: arguments, inside: {{pattern: require($$$)}}}}
"""
_SCRIPTS = {"javascript": (".js", ".mjs", ".cjs", ".jsx", ".html", ".htm"), "typescript": (".ts", ".mts", ".cts"),
            "tsx": (".tsx",)}  # fmt: skip


class Failed(Exception):
    """The files cannot be looked at; the message says why."""


def unread(files: Sequence[str]) -> Iterator[Place]:
    """Where a file is no text, or tells ast-grep to look away."""
    for path in files:
        data = Path(path).read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            yield path, "unread", data.count(b"\n", 0, error.start) + 1, f"{path} is not UTF-8", ""
        for number, line in enumerate(data.split(b"\n") if _IGNORE in data else (), 1):
            if _IGNORE in line:
                source = line.decode("utf-8", "replace").strip()
                yield path, "suppressed", number, "a comment keeps the pack's rules from being applied", source


def undeclared(files: Sequence[str], known: Collection[str]) -> Iterator[Place]:
    """What Python files import that is neither `known`, nor Python's, nor the project's own."""
    own = _modules(files)
    for path in files:
        here = own.get("", set()) | own.get("src", set()) | own.get(path.rpartition("/")[0], set())
        for name, line in _imports(path):
            if name not in here and name not in known and name not in sys.stdlib_module_names:
                message = f"`{name}` is imported, but no dependency declares it"
                yield path, "import-undeclared", line, message, f"import {name}"


def _modules(files: Sequence[str]) -> dict[str, set[str]]:
    """For each folder the modules and packages that can be imported from it."""
    found: dict[str, set[str]] = {}
    for path in files:
        parts = path.removesuffix(".py").split("/")
        for depth, part in enumerate(parts):
            found.setdefault("/".join(parts[:depth]), set()).add(part)
    return found


def _imports(path: str) -> Iterator[tuple[str, int]]:
    try:
        tree = ast.parse(Path(path).read_bytes(), path)
    except (SyntaxError, ValueError, RecursionError):
        return  # another check's finding
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for name in names:
                    yield name.name.partition(".")[0], node.lineno
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0], node.lineno
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ) if module and not module.startswith("."):
                yield module.partition(".")[0], node.lineno
            case _:
                pass


def scanned(rules: dict[str, str], files: Sequence[str], node: Collection[str]) -> Iterator[Place]:
    """What ast-grep finds, and the packages that scripts import although they are not in `node`."""
    program = shutil.which("ast-grep")
    if program is None:
        raise Failed("ast-grep is not in the sandbox; its toolchain has it")
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder), rules)
        for start in range(0, len(files), _TOGETHER):
            for match in _matches(program, settings, files[start : start + _TOGETHER]):
                yield from _place(match, node)


def _settings(folder: Path, rules: dict[str, str]) -> Path:
    (folder / "rules").mkdir()
    for name, text in rules.items():
        (folder / "rules" / name).write_text(text, encoding="utf-8")
    settings = folder / "sgconfig.yml"
    settings.write_text("ruleDirs: [rules]\n", encoding="utf-8")
    return settings


def _matches(program: str, settings: Path, files: Sequence[str]) -> Iterator[dict[str, Any]]:
    seen = [word for kind in _KINDS for word in ("--no-ignore", kind)]
    command = [program, "scan", "--config", str(settings), "--json=stream", "--off=unused-suppression"]
    command += [*seen, "--", *files]
    errors = False
    with tempfile.TemporaryFile() as told:
        # What it writes is not kept: each match comes with all of its line, which may be all of a minified file.
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told) as process:
            for line in process.stdout or ():
                match = json.loads(line)
                errors |= match["severity"] == "error"
                yield match
        if process.returncode != int(errors):  # it ends with 1 where it found an error, but not only there
            told.seek(0)
            raise Failed(f"ast-grep ended with {process.returncode}: {_reason(told.read(), settings)}")


def _reason(said: bytes, settings: Path) -> str:
    text = said.decode("utf-8", "replace").replace(f"{settings.parent}/", "")
    return " ".join(text.split())[:600]


def _place(match: dict[str, Any], node: Collection[str]) -> Iterator[Place]:
    path, line = match["file"].removeprefix("./"), match["range"]["start"]["line"] + 1
    source = match["lines"].split("\n")[0].strip()[:_LONGEST]
    if not match["ruleId"].startswith(_OF_NODE):
        yield path, match["ruleId"], line, match["message"], source
        return
    package = _package(match["text"][1:-1])
    if package and package not in node:
        yield path, "import-undeclared", line, f"`{package}` is imported, but no dependency declares it", source


def _package(module: str) -> str | None:
    """The package that a script's import is from; None where it is a file or a part of Node.js."""
    if not module or module.startswith((".", "/", "node:", "http:", "https:", "data:", "#")):
        return None
    return "/".join(module.split("/")[: 2 if module.startswith("@") else 1])


def inspect(asked: dict[str, Any]) -> list[Place]:
    """What is found in the files that are `asked` about, mere advice last. Failed where nobody can tell."""
    large = {path for path in asked["files"] if Path(path).stat().st_size > _MOST_BYTES}
    files: list[str] = [path for path in asked["files"] if path not in large]
    python = [path for path in files if path.endswith(".py")]
    rules: dict[str, str] = dict(asked["rules"])
    for language, endings in _SCRIPTS.items():
        if any(path.endswith(endings) for path in files):
            rules[f"{_OF_NODE}-{language}.yml"] = _IMPORTED.format(name=_OF_NODE, language=language)
    found: list[Place] = [
        (path, "unread", 1, f"{path} has more than {_MOST_BYTES >> 20} MB, which nobody reads", "") for path in large
    ]
    found += [*unread(files), *undeclared(python, set(asked["python"]))]
    if rules and files:
        found += scanned(rules, [f"./{path}" for path in files], set(asked["node"]))
    # Advice must not take the room of what fails the check.
    return sorted(set(found), key=lambda place: (place[1] in asked["advice"], place))


def bounded(places: Sequence[Place]) -> list[Place]:
    """The first of `places`, as many as fit into an answer: at least one, if there are any."""
    kept: list[Place] = []
    size = 0
    for path, rule, line, message, source in places:
        place = (path, rule, line, message[:_LONGEST], source[:_LONGEST])
        size += len(json.dumps(place)) + 2
        if size > _MOST_TOLD:
            break
        kept.append(place)
    return kept


def main() -> None:
    """Read what is asked as JSON, and write what was found, or why nobody can tell."""
    warnings.simplefilter("ignore")
    try:
        answer: Any = bounded(inspect(json.load(sys.stdin)))
    except Failed as error:
        answer = str(error)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
