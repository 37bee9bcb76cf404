"""In a cluster a script may touch one slot only: a key without the tag works on one machine and fails on another."""

from __future__ import annotations

import pytest
from redis.crc import key_slot

from slipway.state.keys import LedgerKeys, ProjectKeys, RunKeys, owner_of, run_of

NAMES = ["r", "", " ", "a}b{c", "{}", "{", "}", "run:1/ä", "日本/..", "a%7Db", "slipway:{run:r}"]


@pytest.mark.parametrize("name", NAMES)
def test_all_keys_of_a_run_share_a_slot(name: str) -> None:
    keys = [*vars(RunKeys(name)).values(), *RunKeys(name).staged("}{")]
    assert len({key_slot(key.encode()) for key in keys}) == 1
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", NAMES)
def test_all_keys_of_a_project_and_of_its_branches_share_a_slot(name: str) -> None:
    keys = ProjectKeys(name)
    own = [key for name, key in vars(keys).items() if name != "_tag"]
    branches = [key for run in NAMES for key in keys.branch(run).lasting()]
    assert len({key_slot(key.encode()) for key in own + branches}) == 1
    assert len({*own, *branches}) == len(own + branches)


@pytest.mark.parametrize("tenant", NAMES)
def test_all_levels_of_a_tenant_share_a_slot(tenant: str) -> None:
    """One script reserves on all of them."""
    keys = {key for name in NAMES for run in NAMES for key in LedgerKeys(tenant, name, run).all()}
    assert len({key_slot(key.encode()) for key in keys}) == 1
    assert len(keys) == 3 * len(NAMES) + len(NAMES) + 1


def test_whose_a_key_is() -> None:
    ledger = LedgerKeys("a}b", "p:1", "r 1")
    owners = [owner_of(key) for key in (RunKeys("r 1").lease, ProjectKeys("p:1").head, *ledger.all())]
    assert owners == ["run 'r 1'", "project 'p:1'", *["run 'r 1'"] * 3, "project 'p:1'", "tenant 'a}b'"]


def test_odd_names_do_not_reach_the_keys_of_others() -> None:
    assert not set(vars(RunKeys("a}:record")).values()) & set(vars(RunKeys("a")).values())
    assert run_of(RunKeys("a}b ä").checkpoints) == "a}b ä"


def test_the_lease_alone_has_a_life_of_its_own() -> None:
    keys = RunKeys("r")
    assert set(vars(keys).values()) - set(keys.lasting()) == {keys.lease}
