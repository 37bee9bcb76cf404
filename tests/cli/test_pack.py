"""The doors to packs, as a person or a program in CI uses them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from slipway.config import find_pack, load_pack, pack_names

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
