"""The doors to packs, as a person or a program in CI uses them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.config import find_pack, load_pack, pack_names

from ..sandboxes.dependencies.conftest import wheel

Slipway = Callable[..., subprocess.CompletedProcess[str]]


def test_the_shipped_packs_are_listed(slipway: Slipway) -> None:
    plain, listed = slipway("pack", "list"), slipway("pack", "list", "--json")
    assert (plain.returncode, [line.split()[0] for line in plain.stdout.splitlines()]) == (0, pack_names())
    facts = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [(each["pack"], each["digest"]) for each in facts] == [(n, find_pack(n).digest) for n in pack_names()]


def test_a_new_pack_is_started_checked_and_spoilt(slipway: Slipway, tmp_path: Path) -> None:
    """The way that whoever writes a pack goes."""
    folder = tmp_path / "my-pack"
    started = slipway("pack", "init", str(folder))
    assert (started.returncode, started.stdout) == (
        0, f"{folder} holds a pack; edit it, then: slipway pack check {folder}\n",
    )  # fmt: skip
    digest = load_pack(folder).digest
    checked = slipway("pack", "check", str(folder))
    assert (checked.returncode, checked.stdout.splitlines()) == (0, [
        "ok   pass/template: nothing",
        "ok   pass/no-breakpoint: nothing",
        "ok   fail/no-breakpoint: no-breakpoint in main.py",
        "ok   fail/no-readme: layout-missing in README.md",
        f"my-pack 1 ({digest[:12]}): 4 of 4 examples hold",
    ])  # fmt: skip
    (folder / "examples/pass/no-breakpoint/main.py").write_text("breakpoint()\n")
    spoilt = slipway("pack", "check", str(folder), "--json")
    report = json.loads(spoilt.stdout)
    assert (spoilt.returncode, report["pack"], report["holds"], report["unproven"]) == (1, "my-pack", False, [])
    assert [each for each in report["examples"] if not each["holds"]] == [
        {"kind": "pass", "name": "no-breakpoint", "holds": False, "not_run": "", "expected": [],
         "found": [{"rule": "no-breakpoint", "file": "main.py"}]},
    ]  # fmt: skip


@pytest.fixture
def house(slipway: Slipway, tmp_path: Path) -> Path:
    """A pack that allows `shipwright`, and tools that a lock is not made of."""
    folder = tmp_path / "house"
    assert slipway("pack", "init", str(folder)).returncode == 0
    head = folder / "pack.yaml"
    allowed = "{ name: shipwright }\n      - { name: pytest }"
    head.write_text(head.read_text().replace("{ name: pyyaml, modules: [yaml] }", allowed))
    return folder


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder of wheels: `shipwright` in two versions, of which the newer needs `caulk`."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    put(folder, "shipwright", "1.0")
    put(folder, "shipwright", "1.1", "caulk")
    put(folder, "caulk", "2.0")
    return folder


def put(folder: Path, name: str, version: str, *requires: str) -> None:
    data = wheel(name, version, {f"{name}.py": ""}, requires)
    (folder / f"{name}-{version}-py3-none-any.whl").write_bytes(data)


def test_a_lock_has_the_exact_versions_of_now(slipway: Slipway, house: Path, wheels: Path, tmp_path: Path) -> None:
    """Of all that is installed, without what no run needs from it; and runs get nothing else until it is made again."""
    own = {"SLIPWAY_CACHE_DIR": str(tmp_path / "cache")}  # these names are other packages elsewhere
    fro = ("--set", f"sandbox.install.wheels={wheels}")
    before = load_pack(house).digest
    made = slipway("pack", "lock", str(house), *fro, **own)
    assert (made.returncode, made.stdout) == (
        0, f"{house}/lock holds 2 packages of python\ntry it: slipway pack check {house}\n",
    ), made.stderr  # fmt: skip
    assert load_pack(house).lock == {"requirements.txt": b"caulk==2.0\nshipwright==1.1\n"}
    assert load_pack(house).digest != before
    put(wheels, "caulk", "2.1")
    again = slipway("pack", "lock", str(house), "--json", *fro, **own)
    assert json.loads(again.stdout)["lock"] == {"python": ["caulk==2.1", "shipwright==1.1"]}
    assert load_pack(house).lock == {"requirements.txt": b"caulk==2.1\nshipwright==1.1\n"}
    assert [path.name for path in (tmp_path / "cache").glob("lock-*")] == []


def test_a_lock_that_cannot_be_made_leaves_the_old_one(
    slipway: Slipway, house: Path, wheels: Path, tmp_path: Path
) -> None:
    (house / "lock").mkdir()
    (house / "lock/requirements.txt").write_text("shipwright==0.9\n")
    own = {"SLIPWAY_CACHE_DIR": str(tmp_path / "cache")}
    fro = ("--set", f"sandbox.install.wheels={wheels}")
    refused = slipway("pack", "lock", str(house), *fro, "--set", "sandbox.install.deny=[caulk]", **own)
    assert (refused.returncode, refused.stderr) == (
        1, "slipway: 'caulk' is not allowed here (sandbox.install.deny); do without it\n",
    )  # fmt: skip
    assert load_pack(house).lock == {"requirements.txt": b"shipwright==0.9\n"}
    # What the lock asks for is had, or the examples are not tried at all.
    missing = slipway("pack", "check", str(house), *fro)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("slipway: finding versions that fit together failed: ERROR: ")


def test_a_pack_that_needs_nothing_has_no_lock(slipway: Slipway, house: Path) -> None:
    head = house / "pack.yaml"
    head.write_text(head.read_text().replace("- { name: shipwright }\n      ", ""))
    (house / "lock").mkdir()
    (house / "lock/requirements.txt").write_text("shipwright==0.9\n")
    made = slipway("pack", "lock", str(house))
    assert (made.returncode, made.stdout.splitlines()[0]) == (
        0, f"{house} needs no lock: it allows nothing that is imported",
    )  # fmt: skip
    assert (load_pack(house).lock, (house / "lock").exists()) == ({}, False)


def test_what_cannot_be_is_one_line(slipway: Slipway, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    (tmp_path / "pack.yaml").write_text("name: 1\n")
    for arguments, code, said in (
        (("check", "rails"), 78, "unknown pack 'rails': it is neither a folder nor one of "),
        (("check", str(tmp_path)), 78, "pack.yaml: name: input should be a valid string; correct it"),
        (("init", str(tmp_path)), 2, "is not empty; name a new folder"),
        (("init", str(tmp_path / "a")), 2, "is not empty; name a new folder"),
        (("init", str(tmp_path / "a/b")), 2, "cannot be written: Not a directory; name another folder"),
        (("init", str(tmp_path / "My Pack")), 2, "'My Pack' cannot name a pack; "),
        ((), 2, "slipway pack: the following arguments are required: ACTION; see `slipway pack --help`"),
    ):
        done = slipway("pack", *arguments)
        assert (done.returncode, said in done.stderr, done.stderr.count("\n"), done.stdout) == (code, True, 1, "")
    assert not (tmp_path / "My Pack").exists()
