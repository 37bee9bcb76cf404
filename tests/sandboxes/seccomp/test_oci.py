"""The profile for containers says what the program for bubblewrap says, call by call.

libseccomp orders the entries as it likes, so no two of them may hold at once with different answers.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.sandboxes.seccomp import docker_profile, seccomp_filter
from slipway.sandboxes.seccomp.base import Answer, Rule, Switch
from slipway.sandboxes.seccomp.calls import NUMBERS
from slipway.sandboxes.seccomp.policy import NEWER, rules

MACHINES = sorted(NUMBERS)
SWITCHED = [(machine, name) for machine in MACHINES for name, r in rules(NUMBERS[machine]).items() if type(r) is Switch]


@functools.cache
def profile_of(machine: str) -> dict[str, Any]:
    profile = docker_profile(machine)
    assert profile is not None
    return profile


@functools.cache
def entries_of(machine: str, name: str) -> list[dict[str, Any]]:
    return [entry for entry in profile_of(machine)["syscalls"] if name in entry["names"]]


def held(entries: list[dict[str, Any]], arguments: Sequence[int]) -> list[int]:
    """The answer of every entry of a call that holds for these arguments."""
    return [
        Answer.ALLOW if entry["action"] == "SCMP_ACT_ALLOW" else 0x00050000 | entry["errnoRet"]
        for entry in entries
        if all(holds(condition, arguments) for condition in entry.get("args", ()))
    ]


def holds(condition: dict[str, Any], arguments: Sequence[int]) -> bool:
    assert condition["op"] == "SCMP_CMP_MASKED_EQ"
    return arguments[condition["index"]] & condition["value"] == condition["valueTwo"]


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_without_arguments_of_interest(machine: str) -> None:
    plain = {name: rule for name, rule in rules(NUMBERS[machine]).items() if isinstance(rule, Answer)}
    unknown = dict.fromkeys(NEWER, Answer.ENOSYS)
    expected = {name: [] if rule is Answer.EPERM else [rule] for name, rule in {**plain, **unknown}.items()}
    assert {name: held(entries_of(machine, name), ()) for name in expected} == expected


@pytest.mark.parametrize(("machine", "name"), SWITCHED)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_arguments(
    machine: str,
    name: str,
    data: st.DataObject,
    verdict: Callable[..., int],
    near: Callable[[Rule], st.SearchStrategy[int]],
) -> None:
    arguments = data.draw(st.lists(near(rules(NUMBERS[machine])[name]), min_size=6, max_size=6))
    answer = verdict(seccomp_filter(machine), machine, NUMBERS[machine][name], *arguments)
    assert held(entries_of(machine, name), arguments) == ([] if answer == Answer.EPERM else [answer])


@pytest.mark.parametrize(("machine", "table"), [("x86_64", "SCMP_ARCH_X86_64"), ("aarch64", "SCMP_ARCH_AARCH64")])
def test_its_frame(machine: str, table: str) -> None:
    """One table of numbers, refusal unless said otherwise, and few enough entries not to be felt in a cold start."""
    profile = profile_of(machine)
    frame = {key: value for key, value in profile.items() if key != "syscalls"}
    assert frame == {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": [table]}
    assert len(profile["syscalls"]) < 250
    assert len(json.dumps(profile)) < 64 << 10


def test_a_machine_that_it_was_not_written_for_has_none() -> None:
    assert docker_profile("riscv64") is None
