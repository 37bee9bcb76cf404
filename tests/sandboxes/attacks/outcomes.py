"""How a program of `programs/` is run against a sandbox, and what is the matter where it did not end as is safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

from catalogue import HERE, Attack
from slipway.sandboxes import Caps, ExecResult, Sandbox, SandboxGone

SLACK = 40.0
"""Seconds that the end of a command may take on a busy machine."""

Run = Callable[..., Awaitable[ExecResult]]


async def tried(attack: Attack, target: Any, machine: Any, run_program: Run) -> None:
    """Run `attack` in a sandbox of `target`, which has to stand it: AssertionError says what did not hold."""
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
        assert complaints == [], complaints
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
