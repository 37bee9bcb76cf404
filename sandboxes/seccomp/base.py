"""What a policy of system calls is made of. Everything compared here is the low 32 bits of an argument.

The kernel reads the arguments that are looked at (flags, families, requests, pids) as 32-bit numbers, so a filter that
compared all 64 bits could be led by the nose with a set high bit.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

_ERRNO = 0x00050000


class Answer(IntEnum):
    """What becomes of a call, as seccomp(2) numbers it."""

    ALLOW = 0x7FFF0000
    KILL = 0x80000000
    """The whole process, by SIGSYS."""
    EPERM = _ERRNO | errno.EPERM
    ENOSYS = _ERRNO | errno.ENOSYS
    EAFNOSUPPORT = _ERRNO | errno.EAFNOSUPPORT

    @property
    def errno(self) -> int | None:
        """The error that the call ends with; None where it ends with none."""
        return self & 0xFFFF if self & 0xFFFF0000 == _ERRNO else None


@dataclass(frozen=True)
class Switch:
    """A rule that depends on an argument: the case of its low 32 bits under `mask`, else `otherwise`."""

    argument: int
    """Its place, from 0. A case must not look at the same argument again: an OCI profile cannot say that."""
    cases: Mapping[int, Rule]
    otherwise: Answer = Answer.EPERM
    """Another answer than EPERM costs a container's start some 30 entries of its profile."""
    mask: int = 0xFFFFFFFF


Rule = Answer | Switch


@dataclass(frozen=True)
class Group:
    """Calls of one subject that have one rule."""

    reason: str
    rule: Rule
    names: frozenset[str]
