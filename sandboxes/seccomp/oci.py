"""The policy as a profile for Docker and every other runtime that follows OCI.

libseccomp, which makes the runtime's filter, has no "otherwise": what no entry names gets the profile's default. That
is EPERM here, because Docker before 23 knows no other. So every value that is to have another answer is covered by an
entry, and the calls that are to answer ENOSYS are named; what is newer than every name gets ENOSYS from runc itself.
Each entry costs time when a container starts, the more so the more there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .base import Answer, Rule, Switch
from .calls import NUMBERS
from .policy import NEWER, rules

_ARCHES = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}
"""The one table each; calls by any other are killed, those of x32 and of 32 bits included."""
_DEFAULT = Answer.EPERM
_Condition = tuple[int, int, int]
"""The place of an argument, a mask, and what it must be under that mask."""


def docker_profile(machine: str) -> dict[str, Any] | None:
    """The profile for a daemon on `machine`, to be given as `security_opt=["seccomp=" + json.dumps(...)]`.

    None for a machine that it was not written for. With runc it answers every call as `seccomp_filter` does, from
    Docker 20.10 on. A libseccomp older than 2.5.4 (2021) does not know the newest names; they answer ENOSYS there.
    """
    if machine not in _ARCHES:
        return None
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": _DEFAULT.errno,
        "architectures": [_ARCHES[machine]],
        "syscalls": list(_entries({**rules(NUMBERS[machine]), **dict.fromkeys(NEWER, Answer.ENOSYS)})),
    }


def _entries(named: Mapping[str, Rule]) -> Iterator[dict[str, Any]]:
    for answer in (Answer.ALLOW, Answer.ENOSYS):
        yield {"names": sorted(name for name, rule in named.items() if rule is answer), **_action(answer)}
    for name, rule in named.items():
        if isinstance(rule, Switch):
            yield from ({"names": [name], **_action(answer), "args": args} for args, answer in _paths(rule))


def _action(answer: Answer) -> dict[str, Any]:
    if answer is Answer.ALLOW:
        return {"action": "SCMP_ACT_ALLOW"}
    return {"action": "SCMP_ACT_ERRNO", "errnoRet": answer.errno}


def _paths(rule: Rule) -> Iterator[tuple[list[dict[str, Any]], Answer]]:
    """Every way through a rule that does not end with the default; no two of them hold at once."""
    if isinstance(rule, Answer):
        if rule is not _DEFAULT:
            yield [], rule
        return
    for mask, value, inner in _blocks(rule):
        condition = {"index": rule.argument, "op": "SCMP_CMP_MASKED_EQ", "value": mask, "valueTwo": value}
        yield from (([condition, *rest], answer) for rest, answer in _paths(inner))


def _blocks(switch: Switch) -> Iterator[tuple[int, int, Rule]]:
    """The values of a switch, in aligned blocks that have one rule each: a mask, what is left under it, the rule."""
    bits = [1 << place for place in reversed(range(32)) if switch.mask >> place & 1]

    def halve(cases: Mapping[int, Rule], depth: int, mask: int, value: int) -> Iterator[tuple[int, int, Rule]]:
        found = list(cases.values())
        if not found:
            yield mask, value, switch.otherwise
        elif len(found) == 1 << len(bits) - depth and found.count(found[0]) == len(found):
            yield mask, value, found[0]
        else:
            bit = bits[depth]
            for side in (0, bit):
                inside = {case: rule for case, rule in cases.items() if case & bit == side}
                yield from halve(inside, depth + 1, mask | bit, value | side)

    return halve(switch.cases, 0, 0, 0)
