"""Sandboxes that have a browser are given more than others, and are held as tight: what touches the more is tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalogue import Attack, programs
from outcomes import Run, tried

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]  # its image takes some minutes

TOUCHED = (
    # Twice the processes, each of which may be a thread.
    "amounts/fork_bomb.py", "amounts/fork_bomb_of_threads.py", "amounts/orphans.py",
    "amounts/processes_to_the_limit.py",
    # More memory, of which files have a part, and another size of the workspace.
    "amounts/disk.py", "amounts/inodes_of_files.py", "amounts/memory_in_dev_shm.py",
    "amounts/memory_of_one_process.py", "amounts/rlimits.py",
    # An image with the packages of a browser, and a layer that drives it.
    "looking/control_sockets.py", "looking/environment.py", "looking/files.py", "looking/processes.py",
    "writing/places.py", "writing/programs_of_the_machine.py", "writing/set_uid_programs.py",
    # What a browser makes its own sandbox of is refused to it as to all others.
    "kernel/capabilities.py", "kernel/chroot.py", "kernel/filters_of_its_own.py", "kernel/namespaces.py",
    "kernel/tracing.py",
    # It reaches one service, over a bridge, and nothing else.
    "network/abstract_sockets.py", "network/host_services.py", "network/internet.py", "network/metadata.py",
)  # fmt: skip
ATTACKS = {attack.place.removeprefix("programs/"): attack for attack in programs()}


@pytest.mark.parametrize("attack", [ATTACKS[name] for name in TOUCHED], ids=TOUCHED)
async def test_the_outcome_is_the_safe_one(browsing: Any, machine: Any, attack: Attack, run_program: Run) -> None:
    assert browsing.backend not in attack.known
    if attack.item == "fork bomb":
        # Five hundred that fork leave the agent few turns: on a busy machine the sandbox's deadline may come first.
        attack = replace(attack, ends=[*attack.ends, "gone"])
    await tried(attack, browsing, machine, run_program)


async def test_it_is_protected_by_all_that_protects_others(browsing: Any) -> None:
    """With other numbers."""
    own, plain = await browsing.open(), await browsing.plain()
    try:
        assert own.caps.enforced.keys() == plain.caps.enforced.keys()
    finally:
        await own.close()
        await plain.close()
