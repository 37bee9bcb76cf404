"""Which control groups are used, and what is asked of them, on a copy of the kernel's files.

Those of the machine that runs the tests are not ours to change, so how a kernel then acts is not tested here.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from slipway.sandboxes import Limits
from slipway.sandboxes.bubblewrap import stages
from slipway.sandboxes.bubblewrap.caps import caps_of
from slipway.sandboxes.bubblewrap.cgroups import Groups, Parent, contents, find_parent

MEBI = 1 << 20


def machine(tmp_path: Path, own: str = "0::/user/app/run", mounted: str = "/") -> tuple[Path, Path]:
    """A tree /user/app/run, of which `app` gives its children controllers, and what /proc says of it."""
    tree, proc = tmp_path / "cgroup", tmp_path / "proc"
    proc.mkdir()
    (proc / "cgroup").write_text(f"4:memory:/elsewhere\n{own}\n")
    mounts = ["22 1 0:5 / /proc rw - proc proc rw", f"30 1 0:26 {mounted} {tree} rw,nosuid shared:4 - cgroup2 c rw"]
    (proc / "mountinfo").write_text("\n".join(mounts) + "\n")
    for name, controllers in (("", ""), ("user", ""), ("user/app", "cpu memory pids\n"), ("user/app/run", "")):
        group(tree / name, controllers)
    (tree / "cgroup.type").unlink()  # the root has none
    return tree, proc


def group(folder: Path, controllers: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.type").write_text("domain\n")
    (folder / "cgroup.procs").write_text("")
    (folder / "cgroup.subtree_control").write_text(controllers)


def delegate(folder: Path) -> None:
    """As systemd marks it for root; for everybody else it is enough to own it."""
    os.setxattr(folder, "user.delegate" if os.geteuid() else "trusted.delegate", b"1")


def test_the_nearest_group_is_used_that_gives_its_children_the_controllers(tmp_path: Path) -> None:
    tree, proc = machine(tmp_path)
    delegate(tree / "user" / "app")
    assert find_parent(proc) == Parent(tree / "user" / "app", frozenset({"cpu", "memory", "pids"}))


def test_a_group_that_nobody_gave_to_root_is_left_alone(tmp_path: Path) -> None:
    """Root could write anywhere; whoever owns the tree would not expect it."""
    if os.geteuid() == 0:
        assert find_parent(machine(tmp_path)[1]) is None


@pytest.mark.parametrize(
    ("path", "controllers"),
    [("user/app", "memory"), ("user/app", "pids cpu"), ("user/app", "")],
)
def test_a_group_whose_children_lack_a_controller_is_not_used(tmp_path: Path, path: str, controllers: str) -> None:
    tree, proc = machine(tmp_path)
    delegate(tree / path)
    (tree / path / "cgroup.subtree_control").write_text(controllers)
    assert find_parent(proc) is None


def test_the_root_of_the_tree_is_never_used(tmp_path: Path) -> None:
    tree, proc = machine(tmp_path)
    (tree / "user/app/cgroup.subtree_control").write_text("")
    (tree / "cgroup.subtree_control").write_text("cpu memory pids")
    delegate(tree)
    assert find_parent(proc) is None


@pytest.mark.parametrize(
    ("own", "mounted"), [("7:pids:/user/app/run", "/"), ("0::/other/place", "/user"), ("0::/../outside", "/user")]
)
def test_a_group_that_is_not_in_sight_is_not_used(tmp_path: Path, own: str, mounted: str) -> None:
    """Version 1 of the interface only, or a container that sees another part of the tree."""
    tree, proc = machine(tmp_path, own, mounted)
    delegate(tree / "user" / "app")
    assert find_parent(proc) is None


def test_a_container_that_sees_a_part_of_the_tree_uses_that(tmp_path: Path) -> None:
    tree, proc = machine(tmp_path, "0::/outer/user/app/run", "/outer")
    delegate(tree / "user" / "app")
    found = find_parent(proc)
    assert found is not None
    assert found.folder == tree / "user" / "app"


def test_a_sandbox_gets_its_limits() -> None:
    limits = Limits(memory_bytes=256 * MEBI, processes=64, cpus=1.5)
    memory = {"memory.max": str(320 * MEBI), "memory.swap.max": "0"}
    assert contents(limits, frozenset({"memory", "pids"})) == {**memory, "pids.max": "68"}
    both = contents(limits, frozenset({"cpu", "memory", "pids"}))
    assert both == {**memory, "pids.max": "68", "cpu.max": "150000 100000"}


def test_its_controllers_are_switched_on_for_the_groups_of_a_framework(tmp_path: Path) -> None:
    groups = Groups(Parent(tmp_path, frozenset({"cpu", "io", "memory", "pids"})))
    assert sorted((groups.folder / "cgroup.subtree_control").read_text().split()) == ["+cpu", "+memory", "+pids"]


def test_caps_say_what_a_group_enforces() -> None:
    def said(group: frozenset[str]) -> dict[str, str]:
        enforced = caps_of(None, Limits(cpus=2), counted=True, group=group, no_forks="").enforced
        return {name: enforced[name] for name in ("processes", "cpu") if name in enforced}

    assert said(frozenset()) == {"processes": "RLIMIT_NPROC"}
    assert said(frozenset({"memory", "pids", "cpu"})) == {
        "processes": "RLIMIT_NPROC and a control group (pids.max)",
        "cpu": "a control group (cpu.max): 2 of a processor",
    }


async def test_the_guard_takes_groups_away_when_the_framework_has_ended(tmp_path: Path) -> None:
    """An empty group that nobody removes is a leak; folders stand in for them."""
    groups = tmp_path / "slipway-1"
    (groups / "sandbox-1").mkdir(parents=True)
    (groups / "sandbox-2").mkdir()
    leashed, leash = os.pipe()
    words = ["-I", "-S", "-c", stages.guard(), str(leashed), str(groups), "/bin/sleep", "60"]
    guard = await asyncio.create_subprocess_exec(sys.executable, *words, pass_fds=[leashed])
    os.close(leashed)
    await asyncio.sleep(0.1)
    assert groups.exists()
    os.close(leash)
    assert await guard.wait() == 0
    assert not groups.exists()
