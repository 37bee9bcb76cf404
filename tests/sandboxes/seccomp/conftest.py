from __future__ import annotations

import functools
import platform
import struct
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import strategies as st

from slipway.sandboxes.seccomp import seccomp_filter
from slipway.sandboxes.seccomp.base import Answer, Rule, Switch
from slipway.sandboxes.seccomp.calls import NUMBERS
from slipway.sandboxes.seccomp.policy import rules

ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "i386": 0x40000003, "arm": 0x40000028}
ALL_ONES = (0xFFFFFFFFFFFFFFFF,) * 6


@functools.cache
def steps_of(program: bytes) -> list[tuple[int, ...]]:
    return list(struct.iter_unpack("=HBBI", program))


def run_filter(program: bytes, arch: str, number: int, *arguments: int) -> tuple[int, int]:
    """Run a classic BPF program over one call, as the kernel would: its answer, and how many steps that took."""
    data = struct.pack("<IIQ6Q", number, ARCHES[arch], 0, *(arguments + (0,) * 6)[:6])
    steps = steps_of(program)
    loaded = at = taken = 0
    while True:
        code, yes, no, value = steps[at]
        at, taken = at + 1, taken + 1
        if code == 0x06:
            return value, taken
        if code == 0x20:
            loaded = struct.unpack_from("<I", data, value)[0]
        elif code == 0x54:
            loaded &= value
        elif code == 0x05:
            at += value
        else:
            at += yes if {0x15: loaded == value, 0x35: loaded >= value}[code] else no


def follow(rule: Rule, arguments: Sequence[int]) -> Answer:
    """What a rule says of some arguments, as one would read it aloud."""
    while isinstance(rule, Switch):
        rule = rule.cases.get(arguments[rule.argument] & rule.mask, rule.otherwise)
    return rule


def values_near(rule: Rule) -> st.SearchStrategy[int]:
    known = st.sampled_from(sorted(_told_apart(rule)))
    anything = st.integers(0, (1 << 64) - 1)
    flipped = st.builds(lambda value, bit: value ^ 1 << bit, known, st.integers(0, 63))
    with_high_bits = st.builds(lambda value, high: value | high << 32, known, st.integers(0, (1 << 32) - 1))
    return st.one_of(known, flipped, with_high_bits, anything)


def _told_apart(rule: Rule) -> set[int]:
    if not isinstance(rule, Switch):
        return set()
    return set(rule.cases).union(*(_told_apart(inner) for inner in rule.cases.values()))


@dataclass(frozen=True)
class Call:
    """A system call to try for real; its arguments are such that nothing comes of it where it is allowed."""

    name: str
    number: int
    arguments: tuple[int, ...]

    def __str__(self) -> str:
        return ",".join(str(word) for word in (self.number, *self.arguments))


@pytest.fixture(scope="session")
def verdict() -> Callable[..., int]:
    """`verdict(program, arch, number, *arguments)`: what a BPF program says."""
    return lambda *call: run_filter(*call)[0]


@pytest.fixture(scope="session")
def cost() -> Callable[..., int]:
    """`cost(program, arch, number, *arguments)`: how many steps it takes to say it."""
    return lambda *call: run_filter(*call)[1]


@pytest.fixture(scope="session")
def said() -> Callable[[Rule, Sequence[int]], Answer]:
    """`said(rule, arguments)`: what a rule of the policy says."""
    return follow


@pytest.fixture(scope="session")
def near() -> Callable[[Rule], st.SearchStrategy[int]]:
    """Any 64 bits at all, those near the values that a rule tells apart more often than others."""
    return values_near


@pytest.fixture(scope="session")
def machine() -> str:
    """The machine that the tests run on."""
    return platform.machine()


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The program that makes system calls, for this machine."""
    program = tmp_path_factory.mktemp("probe") / "probe"
    source = Path(__file__).parent / "probe.c"
    subprocess.run(["cc", "-static", "-O1", "-o", program, source], check=True)
    return program.read_bytes()


@pytest.fixture(scope="session")
def calls(machine: str) -> list[Call]:
    """Every call there is, those with rules of their own in every way that these tell apart, and some that are none."""
    numbers = NUMBERS[machine]
    tried = [Call(name, numbers[name], case) for name, rule in rules(numbers).items() for case in _ways(name, rule)]
    none = [Call("none", number, ALL_ONES) for number in (400, *range(451, 480), 600, 5000, 0x3FFFFFFF)]
    x32 = [Call("x32", 0x40000000 | number, ALL_ONES) for number in (0, 39, 41, 165, 512, 520, 547)]
    return [*tried, *none, *(x32 if machine == "x86_64" else [])]


@pytest.fixture(scope="session")
def answers(calls: list[Call], machine: str) -> list[int]:
    """What the filter says of each of `calls`."""
    program = seccomp_filter(machine)
    assert program is not None
    return [run_filter(program, machine, call.number, *call.arguments)[0] for call in calls]


_FORK = 17
_HARMLESS: Mapping[str, tuple[int, ...]] = {
    "futex": (1, 1),  # a lock at an odd address; all ones would ask for an operation that every kernel lacks
    "clone": (_FORK, 0, 0, 0, 0),
}


def _ways(name: str, rule: Rule) -> list[tuple[int, ...]]:
    base = (*_HARMLESS.get(name, ()), *ALL_ONES)[:6]
    if not isinstance(rule, Switch):
        return [base]
    if name == "clone":
        return [base, *((1 << bit | _FORK, *base[1:]) for bit in range(32) if rule.mask >> bit & 1)]
    return [base, *_cases(rule, base)]


def _cases(rule: Rule, base: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not isinstance(rule, Switch):
        return [base]
    near = {value ^ bit for value in rule.cases for bit in (0, 1, 2, 8, 1 << 31, 1 << 32, 0xABCD << 32)}
    found: list[tuple[int, ...]] = []
    for value in sorted(near | {0, 0xFFFFFFFF}):
        chosen = (*base[: rule.argument], value, *base[rule.argument + 1 :])
        found += _cases(rule.cases.get(value & rule.mask, rule.otherwise), chosen)
    return found
