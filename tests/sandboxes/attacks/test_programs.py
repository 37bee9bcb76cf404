"""Runs every attack of `programs/` in a sandbox and compares its end with the one that is safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from catalogue import HERE, Attack, programs
from slipway.sandboxes import Caps, ExecResult, Sandbox, SandboxGone

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLACK = 40.0
"""Seconds that the end of a command may take on a busy machine."""


def named(attack: Attack) -> str:
    return attack.place.removeprefix("programs/")


ALONE = [attack for attack in programs() if "/neighbours/" not in attack.place]
BESIDE = [attack for attack in programs() if "/neighbours/" in attack.place]

Run = Callable[..., Awaitable[ExecResult]]


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


async def tried(attack: Attack, target: Any, machine: Any, run_program: Run) -> None:
    own = attack.fresh or attack.memory_mib > 0
    limits = replace(target.limits, memory_bytes=attack.memory_mib << 20) if attack.memory_mib else target.limits
    sandbox: Sandbox = await target.open(limits) if own else await target.shared()
    facts = {**machine.facts, "limits": asdict(limits), "whole_bytes": target.whole_bytes(limits)}
    try:
        result = await run_program(sandbox, HERE / attack.place, facts, attack.timeout)
        assert await target.processes_left(sandbox) == ["1"]
        assert result.seconds < attack.timeout + SLACK
        complaints = list(wrong(attack, result))
    except SandboxGone as gone:
        complaints = [] if "gone" in attack.ends else [f"the sandbox ended: {gone}"]
        await target.give_up()
    except BaseException:
        await target.give_up()
        raise
    finally:
        if own:
            await sandbox.close()
    if stands(attack, sandbox.caps):
        assert complaints == []
    else:
        assert complaints or not attack.sure
    assert machine.untouched()


def stands(attack: Attack, caps: Caps) -> bool:
    """Whether `caps` promise that the attack fails."""
    return not attack.cap or (attack.cap in caps.enforced and attack.by in caps.enforced[attack.cap])


def wrong(attack: Attack, result: ExecResult) -> Iterator[str]:
    """What is not as the safe outcome has it."""
    lines = result.stdout.text.splitlines()
    yield from (line for line in lines if line.startswith("broke "))
    end = "timeout" if result.timed_out else result.exit_code
    if end not in attack.ends:
        yield f"it ended with {end}, not {attack.ends}: {result.stderr.text[-1500:]}"
    if end == 0 and not lines:
        yield "it tried nothing"
    if end == 137 and attack.says not in result.stderr.text:
        yield f"its stderr does not say {attack.says!r}: {result.stderr.text[-1500:]}"
