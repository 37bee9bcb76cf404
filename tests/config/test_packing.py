"""A pack is data that other people write: whatever is wrong in it is one message, with the place and the next step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import FLOWS
from slipway.config import ConfigurationError, UsageError, find_pack, load_pack, pack_names
from slipway.config.folders import Folder, Kind
from slipway.config.pack import Example, Expected
from slipway.config.packing import PACKS, STARTER, starter_files

RULE = "rules/no-breakpoint.yml"
FLOW = "semgrep/flows.yml"
FAIL = "examples/fail/no-breakpoint"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack to be spoilt."""
    return shutil.copytree(STARTER, tmp_path / "starter")


@pytest.mark.parametrize("name", pack_names())
def test_every_shipped_pack_loads(name: str) -> None:
    pack = find_pack(name)
    assert (pack.name, len(pack.rules) >= 5, "README.md" in pack.template) == (name, True, True)
    assert load_pack(PACKS / name) == pack


def test_what_a_pack_is_made_of(folder: Path) -> None:
    pack = load_pack(folder)
    assert [(rule.id, rule.language, rule.severity, rule.note) for rule in pack.rules] == [
        ("no-breakpoint", "python", "error", "Remove the call.")
    ]
    assert sorted(pack.template) == ["README.md", "main.py"]
    [passing] = pack.passing
    assert (passing.name, sorted(passing.files), passing.expected) == ("no-breakpoint", ["main.py"], ())
    assert [(each.name, each.without, each.expected) for each in pack.failing] == [
        ("no-breakpoint", (), (Expected(check="conventions", rule="no-breakpoint", file="main.py"),)),
        ("no-readme", ("README.md",), (Expected(check="conventions", rule="layout-missing", file="README.md"),)),
    ]
    assert sorted(pack.project(pack.failing[1])) == ["main.py"]
    assert pack.project(Example(name="x", files={"main.py": b"new"}))["main.py"] == b"new"


def test_a_pack_may_have_rules_for_semgrep(folder: Path) -> None:
    """They are a part of what it is; TypeScript is one language to semgrep, and two to a pack."""
    before = load_pack(folder)
    put(FLOW, FLOWS)(folder)
    pack = load_pack(folder)
    assert [(each.id, each.languages, each.severity, each.message, each.note) for each in pack.semgrep] == [
        ("no-argument-in-print", ("python",), "error", "an argument is printed", "log it")
    ]
    assert pack.semgrep[0].rule["mode"] == "taint"
    assert [each.id for each in pack.all_rules] == ["no-breakpoint", "no-argument-in-print"]
    assert (before.semgrep, before.digest == pack.digest) == ((), False)
    change(YAML, "[python]", "[python, tsx]")(folder)
    put(FLOW, FLOWS.replace("[python]", "[typescript]"))(folder)
    assert load_pack(folder).semgrep[0].languages == ("typescript",)


def put(path: str, text: str | bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    return spoil


def change(path: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return spoil


def flow(old: str, new: str) -> Callable[[Path], None]:
    assert old in FLOWS
    return put(FLOW, FLOWS.replace(old, new, 1))


def drop(path: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        shutil.rmtree(folder / path) if (folder / path).is_dir() else (folder / path).unlink()

    return spoil


def link(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).symlink_to("/etc/passwd")


YAML, SAYS = "pack.yaml", f"{FAIL}/expected.yaml"


@pytest.mark.parametrize(
    ("spoil", "place", "said"),
    [
        (drop(YAML), YAML, "is missing; write it, or see what `slipway pack init` starts with"),
        (put(YAML, "a: [b"), YAML, "is not one YAML document: "),
        (put(YAML, "a: 2024-13-45"), YAML, "is not one YAML document: month must be in 1..12"),
        (put(YAML, "- a"), YAML, "must hold a mapping, not list; write `key: value`"),
        (put(YAML, b"a: \xff"), YAML, "is not UTF-8 (byte 3); save it as UTF-8"),
        (change(YAML, "version: 1\n", ""), YAML, "version: is missing; add it"),
        (change(YAML, "version: 1\n", "version: 0\n"), YAML, "version: input should be greater than or equal to 1; c"),
        (change(YAML, "version: 1\n", "version: '1'\n"), YAML, "version: input should be a valid integer; correct it"),
        (change(YAML, "summary:", "sumary:"), YAML, "summary: is missing; add it"),
        (put(YAML, (STARTER / YAML).read_text() + "rules: []\n"), YAML, "rules: is no key of a pack; correct or remo"),
        (change(YAML, "name: starter", "name: other"), YAML, "name: it is 'other', and the folder 'starter'; give bot"),
        (change(YAML, "name: starter", "name: Starter"), YAML, "name: string should match pattern"),
        (change(YAML, "[python]", "[cobol]"), YAML, "languages.0: input should be 'python', "),
        (change(YAML, "[python]", "[python, python]"), YAML, "languages has 'python' twice; keep one"),
        (change(YAML, "README.md", "/README.md"), YAML, "layout.required.0.path: '/README.md' is no path below the pr"),
        (change(YAML, "README.md", "a/../b"), YAML, "layout.required.0.path: 'a/../b' has an empty segment, '.' or '."),
        (change(YAML, "path: pyproject.toml", 'path: "**/*.py"'), YAML, "layout: layout.allowed has '**/*.py' twice"),
        (change(YAML, '"modules and their tests"', '""'), YAML, "layout.allowed.0.reason: string should have at least"),
        (change(YAML, "  python:\n", "  cobol:\n"), YAML, "dependencies.cobol.[key]: input should be 'python' or 'nod"),
        (change(YAML, "name: setuptools", "name: pyyaml"), YAML, "dependencies.python: allowed has 'pyyaml' twice"),
        (change(YAML, "name: setuptools", "name: 'a b'"), YAML, "dependencies.python.allowed.1.name: string should"),
        (change(YAML, "  test: ", "  tests: "), YAML, "commands.tests: is no key of a pack; correct or remove it"),
        (change(YAML, "commands:", "service: true\ncommands:"), YAML, "service is true, and commands.start is missi"),
        (change(YAML, "commands:", "service: true\npages: .\ncommands:\n  start: x"), YAML, "service and pages exc"),
        (change(YAML, "commands:", "pages: /srv\ncommands:"), YAML, "pages: '/srv' is no path below the project"),
        (put("lock/poetry.lock", ""), "lock/poetry.lock", "is no lock; those are lock/requirements.txt, lock/pack"),
        (drop("instructions.md"), "instructions.md", "is missing; write it"),
        (put("instructions.md", " \n"), "instructions.md", "is empty; say there what agents should know"),
        (drop("template"), "template", "is missing; put the smallest project there that passes"),
        (put("notes.txt", ""), "notes.txt", "is no file of a pack, which are pack.yaml and instructions.md; remove it"),
        (put("docs/a.md", ""), "docs/a.md", "is in no folder of a pack, which are rules, semgrep, template"),
        (link("template/a"), "template/a", "is no plain file or folder; put a copy of what it leads to there"),
        (put("rules/a.yaml", ""), "rules/a.yaml", "is no rule; call it rules/ID.yml, or remove it"),
        (put("template/big", b"0" * (9 << 20)), "", "has more than 2000 files or 8 MB; a pack is small"),
        (put(RULE, "id: a\n---\nid: b\n"), RULE, "is not one YAML document: expected a single document"),
        (change(RULE, "note: |\n  Remove the call.\n", ""), RULE, "note: is missing; add it"),
        (change(RULE, "id: no-breakpoint", "id: other"), RULE, "id: it is 'other', and the file 'no-breakpoint'; give"),
        (change(RULE, "severity: error", "severity: fatal"), RULE, "severity: input should be 'error' or 'warning'; c"),
        (change(RULE, "rule:", "rules:"), RULE, "rules: is no key of a rule; the keys are constraints, files, id, "),
        (change(RULE, "rule:\n  pattern: b", "rule: b #"), RULE, "rule: must be a mapping that says what is looked fo"),
        (change(RULE, "language: python", "language: css"), RULE, "language: 'css' is none of the pack's (python); ad"),
        (put("rules/unread.yml", (STARTER / RULE).read_text().replace("no-breakpoint", "unread")), "rules/unread.yml",
         "id: 'unread' is what the check finds by itself; name it otherwise"),
        (put("semgrep/a.yaml", ""), "semgrep/a.yaml", "is no rule; call it semgrep/NAME.yml, or remove it"),
        (put(FLOW, "rules: {}"), FLOW, "rules: must be a list of rules, in semgrep's words"),
        (put(FLOW, "rules: [a]"), FLOW, "rules.0: must be a mapping of texts, numbers and lists; quote what is none"),
        (flow("log it", "2024-01-02"), FLOW, "rules.0: must be a mapping of texts, numbers and lists; quote what is "),
        (flow("mode: taint", "paths: {}"), FLOW, "rules.0.paths: is no key of a rule for semgrep; the keys are id, "),
        (flow("mode: taint", "mode: join"), FLOW, "rules.0.mode: must be search or taint; correct it"),
        (flow("severity: ERROR", "severity: error"), FLOW, "rules.0.severity: must be ERROR or WARNING; correct it"),
        (flow("{ hint: log it }", "{}"), FLOW, "rules.0.metadata.hint: is missing; say what to write instead"),
        (flow("message: an argument is printed", "options: {}"), FLOW, "rules.0: message: is missing; add it"),
        (flow("id: no-argument-in-print", "id: No One"), FLOW, "rules.0: id: string should match pattern"),
        (flow("id: no-argument-in-print", "id: unread"), FLOW, "rules.0: id: 'unread' is what the check finds by its"),
        (flow("id: no-argument-in-print", "id: no-breakpoint"), FLOW, "rules.0.id: another rule is called 'no-breakp"),
        (put(FLOW, FLOWS + FLOWS.removeprefix("rules:\n")), FLOW, "rules.1.id: another rule is called 'no-argument-"),
        (flow("[python]", "[python, go]"), FLOW, "rules.0: languages.1: input should be 'python', 'javascript' or 'ty"),
        (flow("[python]", "[typescript]"), FLOW, "rules.0: languages: 'typescript' is none of the pack's (python); ad"),
        (put("examples/a.py", ""), "examples/a.py", "is in no example; put it under examples/pass/NAME/ or examples/f"),
        (put("examples/good/a/a.py", ""), "examples/good/a/a.py", "is in no example; put it under examples/pass/NAME/"),
        (put("examples/pass/A B/a.py", ""), "examples/pass/A B", "name: string should match pattern"),
        (put("examples/pass/no-breakpoint/expected.yaml", ""), "examples/pass/no-breakpoint/expected.yaml",
         "an example that passes expects nothing; remove it, or move it"),
        (drop(SAYS), SAYS, "is missing; write it"),
        (put(SAYS, "findings: []"), SAYS, "findings: there are none; name what must be found"),
        (change(SAYS, "rule: no-b", "rule: yes-b"), SAYS, "findings.0.rule: 'yes-breakpoint' is none of dependency-no"),
        (change(SAYS, "main.py", "mian.py"), SAYS, "findings.0.file: the example has no 'mian.py'; add it, or correct"),
        (change(SAYS, "conventions", "lint"), SAYS, "findings.0.check: input should be 'conventions'; correct it"),
        (put(SAYS, (STARTER / SAYS).read_text() + "without: [a]"), SAYS, "without: 'a' is no file of the template; co"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(folder: Path, spoil: Callable[[Path], None], place: str, said: str) -> None:
    spoil(folder)
    with pytest.raises(ConfigurationError) as error:
        load_pack(folder)
    where = f"{folder}/{place}".rstrip("/")
    assert str(error.value)[: len(where) + 2 + len(said)] == f"{where}: {said}"


@pytest.mark.parametrize("name", [b"a\xff", b"a\n", b"\x1b[2J"])
def test_a_name_that_cannot_be_shown(folder: Path, name: bytes) -> None:
    """It would be no text, or change what stands around it."""
    (folder / "template" / os.fsdecode(name)).write_text("")
    with pytest.raises(
        ConfigurationError, match="has a character in its name that cannot be shown; rename it"
    ) as error:
        load_pack(folder)
    assert str(error.value).isprintable()


def test_a_folder_that_is_not_there_lists_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown pack 'rails': .* static-web, vite-react; name one of these"):
        find_pack("rails")


def test_the_digest_is_of_the_files_wherever_they_are(folder: Path, tmp_path: Path) -> None:
    """Installers compile what looks like Python, and people's tools keep caches; that makes no other pack."""
    digest = load_pack(folder).digest
    elsewhere = shutil.copytree(folder, tmp_path / "elsewhere" / "starter")
    put("template/__pycache__/main.cpython-311.pyc", b"\0")(elsewhere)
    put(".ruff_cache/.gitignore", b"*\n")(elsewhere)
    assert load_pack(elsewhere).digest == digest


@given(st.sampled_from(sorted(starter_files("starter"))), st.binary(max_size=3))
def test_any_other_byte_is_another_pack(path: str, more: bytes) -> None:
    """What a pack said when a run used it can be looked up by its digest only if nothing is left out of that."""
    files = starter_files("starter")
    other = {**files, path: files[path] + more}
    renamed = {f"{name}x" if name == path else name: data for name, data in files.items()}
    digest, *others = (Folder(Kind("pack"), "", each).digest for each in (files, other, renamed))
    assert [each == digest for each in others] == [not more, False]


@pytest.mark.parametrize("name", ["", "My", "a b", "-a", "a-", "../a", "starter\n"])
def test_a_name_that_no_pack_can_have(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a pack; name the folder in small letters"):
        starter_files(name)
