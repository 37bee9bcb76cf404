"""The program that bubblewrap loads, for both machines: each answer of it is compared with the policy.

It runs here in an interpreter of ours, so that the machine that the tests do not run on is looked at as closely.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.sandboxes.seccomp import seccomp_filter
from slipway.sandboxes.seccomp.base import Answer, Rule, Switch
from slipway.sandboxes.seccomp.calls import NEWEST, NUMBERS
from slipway.sandboxes.seccomp.policy import rules

MACHINES = sorted(NUMBERS)
OTHERS = {"x86_64": ("i386", "aarch64", "arm"), "aarch64": ("arm", "x86_64", "i386")}
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS, EAFNOSUPPORT = (0x00050000 | number for number in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT))
SWITCHED = [(machine, name) for machine in MACHINES for name, r in rules(NUMBERS[machine]).items() if type(r) is Switch]
ALL_ONES = ((1 << 64) - 1,) * 6
Verdict = Callable[..., int]
Said = Callable[[Rule, Sequence[int]], Answer]
Near = Callable[[Rule], st.SearchStrategy[int]]


def program_of(machine: str) -> bytes:
    program = seccomp_filter(machine)
    assert program is not None
    return program


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number(machine: str, verdict: Verdict) -> None:
    """Number 0 is a call like any other: `read` on one machine, `io_setup` on the other."""
    program = program_of(machine)
    plain = {NUMBERS[machine][name]: rule for name, rule in rules(NUMBERS[machine]).items() if type(rule) is Answer}
    switched = {NUMBERS[machine][name] for _, name in SWITCHED if name in NUMBERS[machine]}
    for number in range(NEWEST + 200):
        if number not in switched:
            expected = plain.get(number, Answer.EPERM if number <= NEWEST else Answer.ENOSYS)
            assert verdict(program, machine, number, *ALL_ONES) == expected, number
    assert verdict(program, machine, 0) == {"x86_64": ALLOW, "aarch64": ENOSYS}[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_other_tables_are_closed(machine: str, verdict: Verdict) -> None:
    program = program_of(machine)
    for other in OTHERS[machine]:
        assert {verdict(program, other, number) for number in range(600)} == {KILL}
    beyond = {verdict(program, machine, 0x40000000 | number) for number in range(600)}
    assert beyond == ({KILL} if machine == "x86_64" else {ENOSYS})  # x32 has its numbers there
    assert {verdict(program, machine, number) for number in (0x3FFFFFFF, 0x80000000, 0xFFFFFFFF)} == {ENOSYS}


@pytest.mark.parametrize(("machine", "name"), SWITCHED)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_arguments(machine: str, name: str, data: st.DataObject, verdict: Verdict, said: Said, near: Near) -> None:
    rule = rules(NUMBERS[machine])[name]
    arguments = data.draw(st.lists(near(rule), min_size=6, max_size=6))
    assert verdict(program_of(machine), machine, NUMBERS[machine][name], *arguments) == said(rule, arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_what_the_arguments_are_meant_to_say(machine: str, verdict: Verdict) -> None:
    """The rules in words of their own, so that a mistake in the policy is not simply compared with itself."""
    program = program_of(machine)

    def ask(name: str, *arguments: int) -> int:
        return verdict(program, machine, NUMBERS[machine][name], *arguments)

    assert ask("clone", 0x01200011) == ALLOW  # fork
    assert ask("clone", 0x003D0F00) == ALLOW  # a thread
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert ask("clone", flag | 17) == ask("clone", flag | 0x7C000000) == EPERM
    for family in range(64):
        allowed = family in (1, 2, 10, 16)
        assert ask("socket", family, 1, 0) == (ALLOW if allowed else EAFNOSUPPORT)
        assert ask("socketpair", family, 1, 0) == (ALLOW if family == 1 else EPERM)
    for flags in (0, 0x800, 0x80000, 0x80800):
        usual = ((2, 1, 0), (2, 1, 6), (2, 2, 1), (10, 1, 6), (10, 2, 17), (10, 2, 58), (16, 3, 0))
        unusual = ((2, 3, 1), (2, 1, 132), (2, 5, 132), (2, 6, 0), (2, 6, 33), (10, 1, 262))  # raw, SCTP, DCCP, MPTCP
        assert {ask("socket", family, kind | flags, protocol) for family, kind, protocol in usual} == {ALLOW}
        assert {ask("socket", family, kind | flags, protocol) for family, kind, protocol in unusual} == {EPERM}
    assert {ask("socket", 16, 3, protocol) for protocol in range(1, 64)} == {EPERM}
    assert ask("ioctl", 0, 0x5401) == ask("ioctl", 0, 0x5413) == ask("ioctl", 0, 0x5421) == ALLOW
    for request in (0x5412, 0x541C, 0x5423, 0x40049409, 0xC020660B, 0x8946):
        assert ask("ioctl", 0, request) == ask("ioctl", 0, 0x1_0000_0000 | request) == EPERM
    assert ask("personality", 0xFFFFFFFF) == ask("personality", 0) == ALLOW
    assert ask("personality", 0x0400000) == ask("personality", 0x0100000) == EPERM  # READ_IMPLIES_EXEC, MMAP_PAGE_ZERO
    assert ask("prctl", 38, 1) == ask("prctl", 15) == ask("prctl", 4, 0) == ALLOW
    assert ask("prctl", 22, 2) == ask("prctl", 0x59616D61, 0xFFFFFFFF) == ask("prctl", 59) == EPERM
    assert ask("setsockopt", 3, 1, 2) == ask("setsockopt", 3, 6, 1) == ask("setsockopt", 3, 41, 26) == ALLOW
    assert {ask("setsockopt", 3, 1, option) for option in (26, 50, 51, 52)} == {EPERM}
    assert ask("setsockopt", 3, 6, 31) == EPERM
    assert ask("mknodat", 0, 0, 0o010644) == ALLOW
    assert ask("mknodat", 0, 0, 0o020644) == ask("mknodat", 0, 0, 0o060644) == EPERM
    assert ask("prlimit64", 0) == ALLOW
    assert ask("prlimit64", 1) == EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_it_stays_cheap_and_plain(machine: str, cost: Callable[..., int]) -> None:
    """The kernel skips a filter for calls that it always allows, if it only loads, masks, compares and jumps."""
    program = program_of(machine)
    assert {code for code, *_ in struct.iter_unpack("=HBBI", program)} == {0x20, 0x54, 0x15, 0x35, 0x05, 0x06}
    assert len(program) < 1000 * 8
    assert max(cost(program, machine, number, *ALL_ONES) for number in range(NEWEST + 1)) <= 24


def test_a_machine_that_it_was_not_written_for_has_none() -> None:
    assert seccomp_filter("riscv64") is None
