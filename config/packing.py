"""Reads packs from folders. Each thing that can be wrong is one error, which names the file, the key and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict

from .errors import ConfigurationError, UsageError
from .folders import Files, Folder, Kind
from .pack import BUILT_IN, LOCKS, SLUG, Example, Expected, Glob, Head, Pack, Rule, SemgrepRule

PACKS = Path(__file__).parent / "packs"
STARTER = Path(__file__).parent / "starter"
"""What a new pack begins with."""

_KIND = Kind("pack", start="`slipway pack init`")
_FOLDERS = ("rules", "semgrep", "template", "examples", "lock")
_IN_A_RULE = {"rule", "constraints", "utils", "transform", "files", "ignores", "labels", "url", "metadata"}
"""What ast-grep itself makes of a rule; `fix` is left out, since nothing is fixed by itself."""
_TOLD = {"id", "language", "severity", "message", "note"}
_IN_SEMGREP = {
    "id", "languages", "severity", "message", "metadata", "mode", "options", "pattern", "patterns", "pattern-either",
    "pattern-regex", "pattern-sources", "pattern-sanitizers", "pattern-propagators", "pattern-sinks",
}  # fmt: skip
"""What semgrep makes of a rule; `fix` is left out, as there, and `paths`, which its program does not look at."""


class _Failing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    without: tuple[Glob, ...] = ()
    findings: tuple[Expected, ...]


def pack_names() -> list[str]:
    """The names of the shipped packs."""
    return sorted(path.parent.name for path in PACKS.glob("*/pack.yaml"))


def find_pack(name: str) -> Pack:
    """The shipped pack `name`, or else the pack in the folder `name`. ConfigurationError where there is none."""
    if name in pack_names():
        return load_pack(PACKS / name)
    if not Path(name).is_dir():
        raise ConfigurationError(
            f"unknown pack {name!r}: it is neither a folder nor one of {', '.join(pack_names())}; name one of these, "
            "or start one with `slipway pack init DIR`"
        )
    return load_pack(Path(name))


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`. ConfigurationError names what is wrong in it."""
    read = Folder.read(_KIND, folder.resolve())
    head = read.valid(Head, read.mapping("pack.yaml"), "pack.yaml")
    name = Path(read.source).name
    if head.name != name:
        raise ConfigurationError(
            f"{read.source}/pack.yaml: name: it is {head.name!r}, and the folder {name!r}; give both one name"
        )
    _nothing_else(read)
    template = read.below("template/")
    if not template:
        raise ConfigurationError(f"{read.source}/template: is missing; put the smallest project there that passes")
    rules = tuple(_rule(path, read, head) for path in read.files if path.startswith("rules/"))
    semgrep = tuple(_semgrep(read, head))
    known = [rule.id for rule in (*rules, *semgrep)]
    parts: dict[str, Any] = {
        "rules": rules,
        "semgrep": semgrep,
        "instructions": _instructions(read),
        "template": template,
        "lock": read.below("lock/"),
        "passing": tuple(_passing(example) for example in _examples("pass", read)),
        "failing": tuple(_failing(example, template, known) for example in _examples("fail", read)),
        "digest": read.digest,
    }
    return Pack.model_validate({**dict(head), **parts})


def starter_files(name: str) -> dict[str, bytes]:
    """The files of a new pack `name`, which passes its own examples. UsageError where no pack can be called so."""
    if not re.fullmatch(SLUG, name):
        raise UsageError(f"{name!r} cannot name a pack; name the folder in small letters, digits and `-`, like my-pack")
    files = dict(Folder.read(_KIND, STARTER).files)
    files["pack.yaml"] = files["pack.yaml"].replace(b"name: starter\n", f"name: {name}\n".encode(), 1)
    return files


def _nothing_else(folder: Folder) -> None:
    source = folder.source
    for path in folder.files:
        first, slash, rest = path.partition("/")
        if slash and first not in _FOLDERS:
            raise ConfigurationError(f"{source}/{path}: is in no folder of a pack, which are {', '.join(_FOLDERS)}")
        if not slash and first not in ("pack.yaml", "instructions.md"):
            raise ConfigurationError(
                f"{source}/{path}: is no file of a pack, which are pack.yaml and instructions.md; remove it"
            )
        if first == "lock" and rest not in LOCKS:
            raise ConfigurationError(f"{source}/{path}: is no lock; those are lock/{', lock/'.join(LOCKS)}")
        if first in ("rules", "semgrep") and ("/" in rest or not rest.endswith(".yml")):
            name = "ID" if first == "rules" else "NAME"
            raise ConfigurationError(f"{source}/{path}: is no rule; call it {first}/{name}.yml, or remove it")


def _instructions(folder: Folder) -> str:
    text = folder.text("instructions.md")
    if not text.strip():
        raise ConfigurationError(f"{folder.source}/instructions.md: is empty; say there what agents should know")
    return text


def _rule(path: str, folder: Folder, head: Head) -> Rule:
    where = f"{folder.source}/{path}"
    data = folder.mapping(path)
    if odd := sorted(set(data) - _IN_A_RULE - _TOLD):
        raise ConfigurationError(
            f"{where}: {odd[0]}: is no key of a rule; the keys are {', '.join(sorted(_TOLD | _IN_A_RULE))}"
        )
    if not isinstance(data.get("rule"), dict):
        raise ConfigurationError(f"{where}: rule: must be a mapping that says what is looked for, in ast-grep's words")
    told = {key: value for key, value in data.items() if key in _TOLD}
    rule = folder.valid(Rule, {**told, "text": folder.text(path)}, path)
    stem = path.removeprefix("rules/").removesuffix(".yml")
    if rule.id != stem:
        raise ConfigurationError(f"{where}: id: it is {rule.id!r}, and the file {stem!r}; give both one name")
    _free(rule.id, where)
    _spoken(rule.language, rule.language in head.languages, head, f"{where}: language")
    return rule


def _free(name: str, where: str) -> None:
    if name in BUILT_IN:
        raise ConfigurationError(f"{where}: id: {name!r} is what the check finds by itself; name it otherwise")


def _spoken(language: str, spoken: bool, head: Head, where: str) -> None:
    if not spoken:
        raise ConfigurationError(
            f"{where}: {language!r} is none of the pack's ({', '.join(head.languages)}); add it to "
            "`languages` in pack.yaml, or correct it"
        )


def _semgrep(folder: Folder, head: Head) -> Iterator[SemgrepRule]:
    """The rules of all files in `semgrep/`, each under a name of its own."""
    taken = {path.removeprefix("rules/").removesuffix(".yml") for path in folder.files if path.startswith("rules/")}
    for path in folder.files:
        if not path.startswith("semgrep/"):
            continue
        rules = folder.mapping(path).get("rules")
        if not isinstance(rules, list) or not rules:
            raise ConfigurationError(f"{folder.source}/{path}: rules: must be a list of rules, in semgrep's words")
        for number, data in enumerate(cast(list[Any], rules)):
            rule = _semgrep_rule(data, head, folder, f"{path}: rules.{number}")
            if rule.id in taken:
                raise ConfigurationError(
                    f"{folder.source}/{path}: rules.{number}.id: another rule is called {rule.id!r}, too"
                )
            taken.add(rule.id)
            yield rule


def _semgrep_rule(data: Any, head: Head, folder: Folder, place: str) -> SemgrepRule:
    where = f"{folder.source}/{place}"
    if not isinstance(data, dict) or not _is_json(data := cast(dict[str, Any], data)):
        raise ConfigurationError(f"{where}: must be a mapping of texts, numbers and lists; quote what is none of these")
    if odd := sorted(set(data) - _IN_SEMGREP):
        known = ", ".join(sorted(_IN_SEMGREP))
        raise ConfigurationError(f"{where}.{odd[0]}: is no key of a rule for semgrep; the keys are {known}")
    if data.get("mode", "search") not in ("search", "taint"):
        raise ConfigurationError(f"{where}.mode: must be search or taint; correct it")
    if data.get("severity") not in ("ERROR", "WARNING"):
        raise ConfigurationError(f"{where}.severity: must be ERROR or WARNING; correct it")
    about = data.get("metadata")
    if not isinstance(about, dict) or not (hint := cast(dict[str, Any], about).get("hint")):
        raise ConfigurationError(f"{where}.metadata.hint: is missing; say what to write instead")
    told = {key: data[key] for key in ("id", "languages", "message") if key in data}
    told |= {"severity": data["severity"].lower(), "note": hint, "rule": data}
    rule = folder.valid(SemgrepRule, told, place)
    _free(rule.id, where)
    for language in rule.languages:
        spoken = language in head.languages or (language == "typescript" and "tsx" in head.languages)
        _spoken(language, spoken, head, f"{where}: languages")
    return rule


def _is_json(data: dict[Any, Any]) -> bool:
    try:
        json.dumps(data)
    except (TypeError, ValueError, RecursionError):  # a date, for example
        return False
    return all(isinstance(key, str) for key in data)


def _examples(kind: str, folder: Folder) -> list[Folder]:
    """The examples of one kind, each with its own files."""
    found: dict[str, dict[str, bytes]] = {}
    for path, data in folder.below("examples/").items():
        parts = path.split("/", 2)
        if len(parts) < 3 or parts[0] not in ("pass", "fail"):
            raise ConfigurationError(
                f"{folder.source}/examples/{path}: is in no example; put it under examples/pass/NAME/ or "
                "examples/fail/NAME/"
            )
        if parts[0] == kind:
            found.setdefault(parts[1], {})[parts[2]] = data
    return [Folder(folder.kind, f"{folder.source}/examples/{kind}/{name}", own) for name, own in found.items()]


def _passing(example: Folder) -> Example:
    if "expected.yaml" in example.files:
        raise ConfigurationError(
            f"{example.source}/expected.yaml: an example that passes expects nothing; remove it, or move it"
        )
    return example.valid(Example, {"name": Path(example.source).name, "files": example.files}, "")


def _failing(folder: Folder, template: Files, rules: Collection[str]) -> Example:
    said = folder.valid(_Failing, folder.mapping("expected.yaml"), "expected.yaml")
    own = {path: data for path, data in folder.files.items() if path != "expected.yaml"}
    facts = {"name": Path(folder.source).name, "without": said.without, "expected": said.findings}
    example = folder.valid(Example, {**facts, "files": own}, "")
    _could_be(example, template, set(rules), f"{folder.source}/expected.yaml")
    return example


def _could_be(example: Example, template: Files, rules: set[str], where: str) -> None:
    """Refuse what no run of the check could ever find."""
    if not example.expected:
        raise ConfigurationError(f"{where}: findings: there are none; name what must be found")
    for path in example.without:
        if path not in template:
            raise ConfigurationError(f"{where}: without: {path!r} is no file of the template; correct or remove it")
    there = (template.keys() - set(example.without)) | example.files.keys()
    for number, expected in enumerate(example.expected):
        if expected.rule not in rules | BUILT_IN:
            known = ", ".join(sorted(rules | BUILT_IN))
            raise ConfigurationError(f"{where}: findings.{number}.rule: {expected.rule!r} is none of {known}")
        if expected.rule != "layout-missing" and expected.file not in there:
            raise ConfigurationError(
                f"{where}: findings.{number}.file: the example has no {expected.file!r}; add it, or correct the name"
            )
