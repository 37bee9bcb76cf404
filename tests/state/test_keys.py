"""In a cluster a script may touch one slot only: a key without the tag works on one machine and fails on another."""

from __future__ import annotations

import pytest
from redis.crc import key_slot

from slipway.state.keys import ProjectKeys, RunKeys, run_of


@pytest.mark.parametrize("name", ["r", "a}b{c", "run:1/ä", "}"])
def test_all_keys_of_a_run_share_a_slot(name: str) -> None:
    keys = list(vars(RunKeys(name)).values())
    assert len({key_slot(key.encode()) for key in keys}) == 1
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", ["p", "a}b{c", "}"])
def test_all_keys_of_a_project_and_of_its_branches_share_a_slot(name: str) -> None:
    keys = ProjectKeys(name)
    own = [keys.head, keys.blobs, keys.manifests]
    branches = [key for run in ("r", "s}") for key in keys.branch(run).lasting()]
    assert len({key_slot(key.encode()) for key in own + branches}) == 1
    assert len({*own, *branches}) == len(own + branches)


def test_odd_names_do_not_reach_the_keys_of_others() -> None:
    assert not set(vars(RunKeys("a}:record")).values()) & set(vars(RunKeys("a")).values())
    assert run_of(RunKeys("a}b ä").checkpoints) == "a}b ä"


def test_the_lease_alone_has_a_life_of_its_own() -> None:
    keys = RunKeys("r")
    assert set(vars(keys).values()) - set(keys.lasting()) == {keys.lease}
