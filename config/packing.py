"""Reads packs from folders. Each thing that can be wrong is one error, which names the file, the key and what to do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import ConfigurationError, UsageError
from .pack import BUILT_IN, LOCKS, SLUG, Example, Expected, Glob, Head, Pack, Rule, SemgrepRule

PACKS = Path(__file__).parent / "packs"
STARTER = Path(__file__).parent / "starter"
"""What a new pack begins with."""

_FOLDERS = ("rules", "semgrep", "template", "examples", "lock")
_CACHES = frozenset({"__pycache__", ".git", ".DS_Store", ".pytest_cache", ".ruff_cache", ".mypy_cache"})
"""What installers and people's programs leave, which is no part of a pack."""
_MOST_FILES, _MOST_BYTES = 2000, 8 << 20
_IN_A_RULE = {"rule", "constraints", "utils", "transform", "files", "ignores", "labels", "url", "metadata"}
"""What ast-grep itself makes of a rule; `fix` is left out, since nothing is fixed by itself."""
_TOLD = {"id", "language", "severity", "message", "note"}
_IN_SEMGREP = {
    "id", "languages", "severity", "message", "metadata", "mode", "options", "pattern", "patterns", "pattern-either",
    "pattern-regex", "pattern-sources", "pattern-sanitizers", "pattern-propagators", "pattern-sinks",
}  # fmt: skip
"""What semgrep makes of a rule; `fix` is left out, as there, and `paths`, which its program does not look at."""

Files = Mapping[str, bytes]
_Model = TypeVar("_Model", bound=BaseModel)


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
    folder = folder.resolve()
    files = _read(folder)
    source = str(folder)
    head = _valid(Head, _mapping(files, "pack.yaml", source), f"{source}/pack.yaml")
    if head.name != folder.name:
        raise ConfigurationError(
            f"{source}/pack.yaml: name: it is {head.name!r}, and the folder {folder.name!r}; give both one name"
        )
    _nothing_else(files, source)
    template = _below("template/", files)
    if not template:
        raise ConfigurationError(f"{source}/template: is missing; put the smallest project there that passes")
    rules = tuple(_rule(path, files, head, source) for path in files if path.startswith("rules/"))
    semgrep = tuple(_semgrep(files, head, source))
    known = [rule.id for rule in (*rules, *semgrep)]
    parts: dict[str, Any] = {
        "rules": rules,
        "semgrep": semgrep,
        "instructions": _instructions(files, source),
        "template": template,
        "lock": _below("lock/", files),
        "passing": tuple(_passing(name, found, source) for name, found in _examples("pass", files, source)),
        "failing": tuple(_failing(n, f, template, known, source) for n, f in _examples("fail", files, source)),
        "digest": digest_of(files),
    }
    return Pack.model_validate({**dict(head), **parts})


def starter_files(name: str) -> dict[str, bytes]:
    """The files of a new pack `name`, which passes its own examples. UsageError where no pack can be called so."""
    if not re.fullmatch(SLUG, name):
        raise UsageError(f"{name!r} cannot name a pack; name the folder in small letters, digits and `-`, like my-pack")
    files = dict(_read(STARTER))
    files["pack.yaml"] = files["pack.yaml"].replace(b"name: starter\n", f"name: {name}\n".encode(), 1)
    return files


def _read(folder: Path) -> Files:
    """Every file of a pack, sorted by path."""
    try:
        paths = sorted(islice(_walk(folder), _MOST_FILES + 1))
        if len(paths) > _MOST_FILES or sum(path.stat().st_size for path in paths) > _MOST_BYTES:
            raise ConfigurationError(
                f"{folder}: has more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MB; a pack is small: name the "
                "folder that holds its pack.yaml"
            )
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        raise ConfigurationError(f"{error.filename or folder}: cannot be read ({error.strerror})") from error


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _CACHES:
            continue
        if not path.name.isprintable():  # nor is what stands for bytes that are not UTF-8
            raise ConfigurationError(f"{str(path)!r}: has a character in its name that cannot be shown; rename it")
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise ConfigurationError(f"{path}: is no plain file or folder; put a copy of what it leads to there")
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def digest_of(files: Files) -> str:
    """The identity of a pack that has `files`, which are sorted by path."""
    whole = hashlib.sha256()
    for path, data in files.items():
        whole.update(f"{len(path.encode())} {path} {hashlib.sha256(data).hexdigest()}\n".encode())
    return whole.hexdigest()


def _nothing_else(files: Files, source: str) -> None:
    for path in files:
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


def _instructions(files: Files, source: str) -> str:
    text = _text(files, "instructions.md", source)
    if not text.strip():
        raise ConfigurationError(f"{source}/instructions.md: is empty; say there what agents should know")
    return text


def _rule(path: str, files: Files, head: Head, source: str) -> Rule:
    where = f"{source}/{path}"
    data = _mapping(files, path, source)
    if odd := sorted(set(data) - _IN_A_RULE - _TOLD):
        raise ConfigurationError(
            f"{where}: {odd[0]}: is no key of a rule; the keys are {', '.join(sorted(_TOLD | _IN_A_RULE))}"
        )
    if not isinstance(data.get("rule"), dict):
        raise ConfigurationError(f"{where}: rule: must be a mapping that says what is looked for, in ast-grep's words")
    told = {key: value for key, value in data.items() if key in _TOLD}
    rule = _valid(Rule, {**told, "text": _text(files, path, source)}, where)
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


def _semgrep(files: Files, head: Head, source: str) -> Iterator[SemgrepRule]:
    """The rules of all files in `semgrep/`, each under a name of its own."""
    taken = {path.removeprefix("rules/").removesuffix(".yml") for path in files if path.startswith("rules/")}
    for path in files:
        if not path.startswith("semgrep/"):
            continue
        rules = _mapping(files, path, source).get("rules")
        if not isinstance(rules, list) or not rules:
            raise ConfigurationError(f"{source}/{path}: rules: must be a list of rules, in semgrep's words")
        for number, data in enumerate(cast(list[Any], rules)):
            rule = _semgrep_rule(data, head, f"{source}/{path}: rules.{number}")
            if rule.id in taken:
                raise ConfigurationError(f"{source}/{path}: rules.{number}.id: another rule is called {rule.id!r}, too")
            taken.add(rule.id)
            yield rule


def _semgrep_rule(data: Any, head: Head, where: str) -> SemgrepRule:
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
    rule = _valid(SemgrepRule, told, where)
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


def _examples(kind: str, files: Files, source: str) -> list[tuple[str, Files]]:
    """The examples of one kind, each by its name with its own files."""
    found: dict[str, dict[str, bytes]] = {}
    for path, data in _below("examples/", files).items():
        parts = path.split("/", 2)
        if len(parts) < 3 or parts[0] not in ("pass", "fail"):
            raise ConfigurationError(
                f"{source}/examples/{path}: is in no example; put it under examples/pass/NAME/ or examples/fail/NAME/"
            )
        if parts[0] == kind:
            found.setdefault(parts[1], {})[parts[2]] = data
    return list(found.items())


def _passing(name: str, files: Files, source: str) -> Example:
    where = f"{source}/examples/pass/{name}"
    if "expected.yaml" in files:
        raise ConfigurationError(
            f"{where}/expected.yaml: an example that passes expects nothing; remove it, or move it"
        )
    return _valid(Example, {"name": name, "files": files}, where)


def _failing(name: str, files: Files, template: Files, rules: Collection[str], source: str) -> Example:
    where = f"{source}/examples/fail/{name}"
    said = _valid(_Failing, _mapping(files, "expected.yaml", where), f"{where}/expected.yaml")
    own = {path: data for path, data in files.items() if path != "expected.yaml"}
    example = _valid(Example, {"name": name, "files": own, "without": said.without, "expected": said.findings}, where)
    _could_be(example, template, set(rules), f"{where}/expected.yaml")
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


def _below(folder: str, files: Files) -> dict[str, bytes]:
    return {path.removeprefix(folder): data for path, data in files.items() if path.startswith(folder)}


def _text(files: Files, path: str, source: str) -> str:
    if path not in files:
        raise ConfigurationError(f"{source}/{path}: is missing; write it, or see what `slipway pack init` starts with")
    try:
        return files[path].decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{source}/{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def _mapping(files: Files, path: str, source: str) -> dict[str, Any]:
    text = _text(files, path, source)
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date that is none is a ValueError
        said = " ".join(str(error).split())
        raise ConfigurationError(f"{source}/{path}: is not one YAML document: {said}; correct it") from error
    if not isinstance(data, dict):
        raise ConfigurationError(f"{source}/{path}: must hold a mapping, not {type(data).__name__}; write `key: value`")
    return {str(key): value for key, value in cast(dict[Any, Any], data).items()}


def _valid(model: type[_Model], data: Mapping[str, Any], where: str) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{where}: {key + ': ' if key else ''}{_said(first['type'], first['msg'])}") from error


def _said(kind: str, message: str) -> str:
    match kind:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return "is no key of a pack; correct or remove it"
        case "value_error":
            return message.removeprefix("Value error, ")
        case _:
            return f"{message[0].lower()}{message[1:]}; correct it"
