"""
item = "other system calls"
tries = "a filter of its own that allows everything, and one that asks a process of its own instead"
safe = "the first one stays in force"
"""

import ctypes
import errno
import os
import struct

from trying import child, held, refused, syscall

allow = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF0000))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 1, ctypes.addressof(allow)))


def more(flags: int) -> None:
    try:
        syscall("seccomp", 1, flags, ctypes.addressof(program))
    except OSError as error:
        held(f"a filter {flags}", error.strerror)
    refused(f"unshare after a filter {flags}", syscall, "unshare", 0x10000000)
    refused(f"ptrace after a filter {flags}", syscall, "ptrace", 16, 1, 0, 0)
    refused(f"memfd after a filter {flags}", syscall, "memfd_create", b"x", 0, by={errno.ENOSYS})


for flags in (0, 1, 8):
    os.waitpid(child(lambda flags=flags: more(flags)), 0)
