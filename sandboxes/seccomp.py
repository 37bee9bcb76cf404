"""The system calls that a sandbox may not make, as a classic BPF program for `bwrap --seccomp` and for containers.

A deny-list: what is not named here and not newer than `NEWEST` is allowed. Numbers come from Linux' own tables
(`asm/unistd_64.h`, `asm-generic/unistd.h`); the layout of `seccomp_data` from seccomp(2).
"""

from __future__ import annotations

import errno
import struct

_ALLOW = 0x7FFF0000
_KILL = 0x80000000  # SECCOMP_RET_KILL_PROCESS
_EPERM = 0x00050000 | errno.EPERM
_ENOSYS = 0x00050000 | errno.ENOSYS
_EAFNOSUPPORT = 0x00050000 | errno.EAFNOSUPPORT

_LOAD, _EQUAL, _GREATER, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06

_ARCHES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_X32_BIT = 0x40000000
NEWEST = 462
"""The newest call that this list was made with; a later one answers ENOSYS, so that libraries fall back."""

_Numbers = tuple[int | None, int | None]
_FORBIDDEN: dict[str, _Numbers] = {
    # mounts, roots and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # other processes and the kernel's inside
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "syslog": (103, 116),
    "lookup_dcookie": (212, 18),
    "modify_ldt": (154, None),
    # files by handle, file system events, quotas
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # the machine
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    "nfsservctl": (180, 42),
    # kernel memory that no limit of the sandbox counts
    "msgget": (68, 186),
}
_MISSING: dict[str, _Numbers] = {
    "clone3": (435, 435),  # its flags lie in memory, out of a filter's sight; the C library falls back to clone
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "memfd_create": (319, 279),  # its bytes belong to no process and to no sized file system
    "memfd_secret": (447, 447),
}
_CLONE, _SOCKET, _SOCKETPAIR, _IOCTL, _PERSONALITY = (56, 220), (41, 198), (53, 199), (16, 29), (135, 92)

_NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_UNIX, _INET, _INET6, _NETLINK, _ROUTE = 1, 2, 10, 16, 0
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_PERSONALITIES = (0, 0x8, 0x20000, 0x20008, 0x40000, 0xFFFFFFFF)

_Code = list[tuple[int, int, int, int]]


def seccomp_filter(machine: str) -> bytes | None:
    """The program for `machine` (as `platform.machine()` names it), or None for one that it was not written for."""
    if machine not in _ARCHES:
        return None
    arch, column = _ARCHES[machine]
    code: _Code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    code += [(_GREATER, 0, 1, NEWEST), (_RETURN, 0, 0, _ENOSYS)]
    for calls, answer in ((_MISSING, _ENOSYS), (_FORBIDDEN, _EPERM)):
        for numbers in calls.values():
            code += _call(numbers[column], [(_RETURN, 0, 0, answer)])
    for numbers, body in _argument_rules():
        code += _call(numbers[column], body)
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", op, yes, no, value) for op, yes, no, value in code)


def _call(number: int | None, body: _Code) -> _Code:
    return [] if number is None else [(_EQUAL, 0, len(body), number), *body]


def _argument_rules() -> list[tuple[tuple[int, int], _Code]]:
    """Bodies that look at an argument; each of their paths returns, since the call's number is no longer loaded."""
    clone: _Code = [_argument(0), (_ANY_BIT, 0, 1, _NEW_NAMESPACES), (_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW)]
    netlink: _Code = [(_EQUAL, 0, 3, _NETLINK), _argument(2), *_allow((_ROUTE,))]
    socket: _Code = [_argument(0), *_allow((_UNIX, _INET, _INET6)), *netlink, (_RETURN, 0, 0, _EAFNOSUPPORT)]
    return [
        (_CLONE, clone),
        (_SOCKET, socket),
        (_SOCKETPAIR, [_argument(0), *_only((_UNIX,), _EAFNOSUPPORT)]),
        # the kernel looks at the low 32 bits of the request only, and so does a load here
        (_IOCTL, [_argument(1), *_refuse((_TIOCSTI, _TIOCLINUX), _EPERM), (_RETURN, 0, 0, _ALLOW)]),
        (_PERSONALITY, [_argument(0), *_only(_PERSONALITIES, _EPERM)]),
    ]


def _argument(index: int) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, 16 + 8 * index)


def _allow(values: tuple[int, ...]) -> _Code:
    return [step for value in values for step in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW))]


def _refuse(values: tuple[int, ...], answer: int) -> _Code:
    return [step for value in values for step in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, answer))]


def _only(values: tuple[int, ...], answer: int) -> _Code:
    return [*_allow(values), (_RETURN, 0, 0, answer)]
