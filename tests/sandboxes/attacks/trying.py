"""What an attack prints and asks for; it lies beside the program in the sandbox.

An attack says of each thing that it tried whether the sandbox `held` or it `broke` out. What it has to know of the
machine outside to look for it comes as JSON on its stdin: in its environment it would find itself.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

_X86 = platform.machine() == "x86_64"
NUMBERS = {
    "accept": (43, 202), "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171), "bpf": (321, 280),
    "capset": (126, 91), "chroot": (161, 51), "clock_adjtime": (305, 266), "clock_settime": (227, 112),
    "clone": (56, 220), "clone3": (435, 435), "delete_module": (176, 106), "exit": (60, 93),
    "fanotify_init": (300, 262), "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fsopen": (430, 430), "fspick": (433, 433), "get_robust_list": (274, 100), "init_module": (175, 105),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_uring_setup": (425, 425),
    "ioperm": (173, None), "iopl": (172, None), "ioprio_set": (251, 30), "kcmp": (312, 272),
    "kexec_file_load": (320, 294), "kexec_load": (246, 104), "keyctl": (250, 219), "lookup_dcookie": (212, 18),
    "lsetxattr": (189, 6), "mbind": (237, 235), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "migrate_pages": (256, 238), "mknodat": (259, 33), "mlock": (149, 228), "mlock2": (325, 284),
    "mlockall": (151, 230), "modify_ldt": (154, None), "mount": (165, 40), "mount_setattr": (442, 442),
    "move_mount": (429, 429), "move_pages": (279, 239), "mq_open": (240, 180), "msgget": (68, 186),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "personality": (135, 92), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pivot_root": (155, 41), "prctl": (157, 167), "prlimit64": (302, 261),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "reboot": (169, 142), "request_key": (249, 218), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122), "sched_setattr": (314, 274), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "seccomp": (317, 277), "semget": (64, 190), "setdomainname": (171, 162),
    "setgid": (106, 144), "setgroups": (116, 159), "sethostname": (170, 161), "setns": (308, 268),
    "setpriority": (141, 140), "setresuid": (117, 147), "settimeofday": (164, 170), "setuid": (105, 146),
    "shmat": (30, 196), "shmctl": (31, 195), "shmget": (29, 194), "socket": (41, 198), "socketpair": (53, 199),
    "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "tgkill": (234, 131),
    "timer_create": (222, 107), "tkill": (200, 130), "umount2": (166, 39), "unshare": (272, 97),
    "uselib": (134, None), "userfaultfd": (323, 282), "vhangup": (153, 58), "vmsplice": (278, 75),
}  # fmt: skip
"""Numbers of system calls, from Linux' tables: on x86_64 and on aarch64."""


def held(what: str, why: object = "") -> None:
    """The sandbox stood `what`."""
    print("held", what, why, flush=True)


def broke(what: str, how: object = "") -> None:
    """`what` was possible, and must not be."""
    print("broke", what, how, flush=True)


def judge(good: bool, what: str, seen: object = "") -> None:
    """Say which of the two it was."""
    (held if good else broke)(what, seen)


def refused(what: str, action: Callable[..., Any], *arguments: Any, by: set[int] | None = None) -> None:
    """Do it; it has to fail, and with one of the errors `by` where those are given."""
    try:
        got = action(*arguments)
    except OSError as error:
        judge(by is None or error.errno in by, what, errno.errorcode.get(error.errno or 0, error.errno))
    else:
        broke(what, repr(got)[:200])


def pause(seconds: float) -> None:
    """Give whoever watches so many seconds; those in which the machine stands still are no chance, and do not count."""
    for _ in range(round(seconds / 0.02)):
        time.sleep(0.02)


def syscall(name: str, *arguments: Any) -> int:
    """Make a system call by its name; OSError as the kernel says."""
    number = NUMBERS[name][0 if _X86 else 1]
    if number is None:
        raise OSError(errno.ENOSYS, "not on this processor")
    return numbered(number, *arguments)


def numbered(number: int, *arguments: Any) -> int:
    """Make a system call by its number."""
    ctypes.set_errno(0)
    whole = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    result = libc.syscall(ctypes.c_long(number), *whole)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def child(action: Callable[[], None]) -> int:
    """Do it in a process of its own; its number."""
    pid = os.fork()
    if pid == 0:
        try:
            action()
        finally:
            sys.stdout.flush()
            os._exit(0)
    return pid


def ended(action: Callable[[], None]) -> int:
    """Do it in a process of its own and wait: its exit status, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child(action), 0)[1])


@functools.cache
def outside() -> dict[str, Any]:
    """What the attack is told of the machine outside, and of its own limits."""
    return json.load(sys.stdin)


def text(path: str) -> str:
    """A file as text, as far as it goes, or nothing where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 22).decode(errors="replace")
    except OSError:
        return ""


def status(pid: int | str = "self") -> dict[str, str]:
    """/proc/PID/status."""
    return {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in text(f"/proc/{pid}/status").splitlines())
    }


def digest(path: str) -> str | None:
    """What a file says, or a folder lists, in short; None where that is nothing, or cannot be known."""
    try:
        if os.path.isdir(path):
            data = "\n".join(sorted(os.listdir(path))).encode()
        else:
            with open(path, "rb") as file:
                data = file.read(1 << 20)
    except OSError:
        return None
    return hashlib.sha256(data).hexdigest() if data else None
