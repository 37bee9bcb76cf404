"""The policy as a classic BPF program, for `bwrap --seccomp`.

Every choice, be it of a call or of an argument's value, is a binary search over the ranges that have one rule: some ten
steps for a call. Since Linux 5.11 the kernel finds out on loading which calls are always allowed, and runs nothing for
them; for that a program may only load, compare and jump until it has decided, and this one does.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping

from .base import Answer, Rule
from .calls import NEWEST, NUMBERS
from .policy import rules

_LOAD, _AND, _EQUAL, _AT_LEAST, _JUMP, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x05, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data` (seccomp(2)); of an argument's 8 bytes the low half comes first on both machines."""
_ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_BEYOND: list[tuple[int, Rule]] = [(NEWEST + 1, Answer.ENOSYS)]
_X32: list[tuple[int, Rule]] = [(0x40000000, Answer.KILL), (0x80000000, Answer.ENOSYS)]
"""The numbers of the x32 table, which the same kernel entry serves."""
_FARTHEST = 255

_Code = list[tuple[int, int, int, int]]
_Ranges = list[tuple[int, Rule]]
"""Where each range begins, from 0, and its rule."""


@functools.cache
def seccomp_filter(machine: str) -> bytes | None:
    """The program for `machine` (as `platform.machine()` names it), or None for one that it was not written for."""
    if machine not in _ARCHES:
        return None
    numbers = NUMBERS[machine]
    named = {numbers[name]: rule for name, rule in rules(numbers).items()}
    gaps = Answer.EPERM  # numbers that never were a call's; runc says the same
    ranges = [*_ranges(named, gaps), *_BEYOND, *(_X32 if machine == "x86_64" else [])]
    foreign: _Code = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, _ARCHES[machine]), (_RETURN, 0, 0, Answer.KILL)]
    code: _Code = [*foreign, (_LOAD, 0, 0, _NUMBER), *_search(ranges)]
    return b"".join(struct.pack("=HBBI", *step) for step in code)


def _ranges(cases: Mapping[int, Rule], otherwise: Rule) -> _Ranges:
    found: _Ranges = []
    edges = {0, *cases, *(value + 1 for value in cases if value < 0xFFFFFFFF)}
    for start in sorted(edges):
        rule = cases.get(start, otherwise)
        if not found or found[-1][1] != rule:
            found.append((start, rule))
    return found


def _search(ranges: _Ranges) -> _Code:
    if len(ranges) == 1:
        return _decide(ranges[0][1])
    half = len(ranges) // 2
    low, high = _search(ranges[:half]), _search(ranges[half:])
    return [*_skip_from(ranges[half][0], len(low)), *low, *high]


def _decide(rule: Rule) -> _Code:
    """Each path returns: the call's number is no longer loaded once an argument is."""
    if isinstance(rule, Answer):
        return [(_RETURN, 0, 0, rule)]
    masked: _Code = [] if rule.mask == 0xFFFFFFFF else [(_AND, 0, 0, rule.mask)]
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument), *masked, *_search(_ranges(rule.cases, rule.otherwise))]


def _skip_from(value: int, steps: int) -> _Code:
    """Pass over the next `steps` where what is loaded is at least `value`."""
    if steps <= _FARTHEST:
        return [(_AT_LEAST, steps, 0, value)]
    return [(_AT_LEAST, 0, 1, value), (_JUMP, 0, 0, steps)]
