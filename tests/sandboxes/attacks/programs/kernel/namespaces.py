"""
item = "namespaces"
tries = "a namespace of each kind of its own, by unshare, clone and clone3, alone and with a user namespace"
safe = "refused; clone3, whose flags no filter can see, is not there"
"""

import ctypes
import errno
import os
import shutil
import subprocess

from trying import judge, refused, syscall

KINDS = {"mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000,
         "pid": 0x20000000, "net": 0x40000000, "time": 0x80}  # fmt: skip
SIGCHLD = 17


def clone3(arguments: ctypes.Array[ctypes.c_uint64]) -> None:
    if syscall("clone3", ctypes.addressof(arguments), 88) == 0:
        os._exit(0)


for name, flag in KINDS.items():
    for flags in {flag, flag | KINDS["user"]}:
        refused(f"unshare {name} {flags:#x}", syscall, "unshare", flags)
        if name != "time":  # to clone(2), its bit is part of a signal's number
            refused(
                f"clone {name} {flags:#x}",
                lambda flags=flags: syscall("clone", flags | SIGCHLD, 0, 0, 0, 0) or os._exit(0),
            )
    arguments = (ctypes.c_uint64 * 11)(flag, 0, 0, 0, SIGCHLD)
    refused(f"clone3 {name}", clone3, arguments, by={errno.ENOSYS})
refused("unshare of descriptors and a mount", syscall, "unshare", 0x400 | 0x20000)
refused("flags in the upper half", syscall, "unshare", 0x10000000 | 1 << 40)
if shutil.which("unshare"):
    done = subprocess.run(["unshare", "-Ur", "id", "-u"], capture_output=True, timeout=5)
    judge(done.returncode != 0, "unshare -Ur", done.stderr[:60])
