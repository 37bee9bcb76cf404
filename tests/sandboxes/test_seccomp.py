"""The filter of system calls: what it says for each processor, and what a program in a sandbox gets to feel of it."""

from __future__ import annotations

import errno
import json
import platform
import struct
from textwrap import dedent

import pytest

from slipway.sandboxes import Command, Sandbox
from slipway.sandboxes.seccomp import seccomp_filter

X86, ARM, I386 = 0xC000003E, 0xC00000B7, 0x40000003
ALLOW, KILL = 0x7FFF0000, 0x80000000


def verdict(program: bytes, arch: int, number: int, *arguments: int) -> int:
    """Run a classic BPF program over one call, as the kernel would."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(arguments + (0,) * 6)[:6])
    steps = list(struct.iter_unpack("=HBBI", program))
    loaded = at = 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            loaded = struct.unpack_from("<I", data, value)[0]
        else:
            holds = {0x15: loaded == value, 0x25: loaded > value, 0x35: loaded >= value, 0x45: bool(loaded & value)}
            at += yes if holds[code] else no


def refused(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize(
    ("machine", "arch", "numbers"),
    [
        ("x86_64", X86, {"read": 0, "mount": 165, "clone": 56, "socket": 41, "ioctl": 16, "personality": 135}),
        ("aarch64", ARM, {"read": 63, "mount": 40, "clone": 220, "socket": 198, "ioctl": 29, "personality": 92}),
    ],
)
def test_the_filter_of_each_processor(machine: str, arch: int, numbers: dict[str, int]) -> None:
    program = seccomp_filter(machine)
    assert program is not None

    def ask(name: str, *arguments: int) -> int:
        return verdict(program, arch, numbers[name], *arguments)

    assert ask("read") == ALLOW
    assert ask("mount") == refused(errno.EPERM)
    assert verdict(program, arch, 435) == refused(errno.ENOSYS)  # clone3
    assert verdict(program, arch, 425) == refused(errno.ENOSYS)  # io_uring_setup
    assert verdict(program, arch, 5000) == refused(errno.ENOSYS)  # not invented yet
    assert verdict(program, I386, 3) == KILL
    assert ask("clone", 0x01200011) == ALLOW  # fork
    assert ask("clone", 0x003D0F00) == ALLOW  # a thread
    assert ask("clone", 0x10000011) == refused(errno.EPERM)  # CLONE_NEWUSER
    families = {1: ALLOW, 2: ALLOW, 10: ALLOW, 16: ALLOW}
    for family in range(46):
        assert ask("socket", family, 1, 0) == families.get(family, refused(errno.EAFNOSUPPORT))
    assert ask("socket", 16, 3, 15) == refused(errno.EAFNOSUPPORT)  # netlink, but not its routes
    assert ask("ioctl", 0, 0x5401) == ALLOW
    assert ask("ioctl", 0, 0x5412) == ask("ioctl", 0, 0x1_0000_5412) == refused(errno.EPERM)  # TIOCSTI, high bits set
    assert ask("personality", 0xFFFFFFFF) == ALLOW
    assert ask("personality", 0x0400000) == refused(errno.EPERM)  # READ_IMPLIES_EXEC


def test_the_second_table_of_x86_is_closed() -> None:
    program = seccomp_filter("x86_64")
    assert program is not None
    assert verdict(program, X86, 0x40000000 | 165) == KILL


def test_a_processor_that_it_was_not_written_for_has_none() -> None:
    assert seccomp_filter("riscv64") is None


PROBE = """
import ctypes, errno, json, os
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    pid = os.fork()
    if pid == 0:
        answer = libc.syscall(number, *map(ctypes.c_long, arguments))
        os._exit(ctypes.get_errno() if answer < 0 else 0)
    return errno.errorcode.get(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 'allowed')
print(json.dumps({name: call(*arguments) for name, arguments in CALLS.items()}))
"""

CALLS = {
    "mount": (165, 0, 0, 0, 0, 0),
    "unshare": (272, 0x10000000),
    "setns": (308, 0, 0),
    "clone NEWUSER": (56, 0x10000011, 0, 0, 0, 0),
    "clone3": (435, 0, 0),
    "pivot_root": (155, 0, 0),
    "chroot": (161, 0),
    "ptrace": (101, 16, 1, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "bpf": (321, 0, 0, 0),
    "perf_event_open": (298, 0, 0, -1, -1, 0),
    "io_uring_setup": (425, 8, 0),
    "userfaultfd": (323, 0),
    "keyctl": (250, 0, -3, 0, 0, 0),
    "add_key": (248, 0, 0, 0, 0, 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "finit_module": (313, 0, 0, 0),
    "open_by_handle_at": (304, -100, 0, 0),
    "settimeofday": (164, 0, 0),
    "memfd_create": (319, 0, 0),
    "packet socket": (41, 17, 3, 0),
    "vsock": (41, 40, 1, 0),
    "raw socket": (41, 2, 3, 1),
    "unix socket": (41, 1, 1, 0),
    "TIOCSTI": (16, 0, 0x5412, 0),
    "getpid": (39,),
}
ANSWERS = {
    **dict.fromkeys(CALLS, "EPERM"),
    **dict.fromkeys(("clone3", "io_uring_setup", "userfaultfd", "memfd_create"), "ENOSYS"),
    **dict.fromkeys(("packet socket", "vsock"), "EAFNOSUPPORT"),
    **dict.fromkeys(("unix socket", "getpid"), "allowed"),
}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86_64")
async def test_the_kernel_enforces_it(bubblewrap: Sandbox) -> None:
    program = dedent(PROBE).replace("CALLS", repr(CALLS))
    result = await bubblewrap.exec(Command(("python3", "-c", program)))
    assert result.ok, result.stderr.text
    assert json.loads(result.stdout.data) == ANSWERS
