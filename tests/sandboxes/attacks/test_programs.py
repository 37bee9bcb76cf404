"""Runs every attack of `programs/` in a sandbox and compares its end with the one that is safe."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue import Attack, programs
from outcomes import Run, tried
from slipway.sandboxes import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")


def named(attack: Attack) -> str:
    return attack.place.removeprefix("programs/")


ALONE = [attack for attack in programs() if "/neighbours/" not in attack.place]
BESIDE = [attack for attack in programs() if "/neighbours/" in attack.place]


@pytest.mark.parametrize("attack", ALONE, ids=named)
async def test_the_outcome_is_the_safe_one(
    request: pytest.FixtureRequest, target: Any, machine: Any, attack: Attack, run_program: Run
) -> None:
    expect_what_is_known(request, attack, target.backend)
    await tried(attack, target, machine, run_program)


@pytest.mark.parametrize("attack", BESIDE, ids=named)
async def test_the_other_sandbox_is_out_of_reach(
    request: pytest.FixtureRequest, target: Any, machine: Any, neighbour: Sandbox, attack: Attack, run_program: Run
) -> None:
    expect_what_is_known(request, attack, target.backend)
    await tried(attack, target, machine, run_program)


def expect_what_is_known(request: pytest.FixtureRequest, attack: Attack, backend: str) -> None:
    if backend in attack.known:
        request.applymarker(pytest.mark.xfail(reason=attack.known[backend], strict=attack.sure, raises=AssertionError))
