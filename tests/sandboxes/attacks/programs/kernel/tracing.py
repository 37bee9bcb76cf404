"""
item = "ptrace and kill of the agent"
tries = "ptrace, of the agent and of children; memory and descriptors of others by the calls that need no ptrace"
safe = "refused"
"""

import ctypes
import os
import time

from trying import child, refused, syscall

other = child(lambda: time.sleep(60))
page = ctypes.create_string_buffer(64)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(page), 64)
for pid in (1, other):
    for name, request in (("ATTACH", 16), ("SEIZE", 0x4206), ("PEEK", 1), ("KILL", 8)):
        refused(f"PTRACE_{name} {pid}", syscall, "ptrace", request, pid, 0, 0)
    for name in ("process_vm_readv", "process_vm_writev"):
        refused(f"{name} {pid}", syscall, name, pid, ctypes.addressof(vector), 1, ctypes.addressof(vector), 1, 0)
    for kind in range(7):
        refused(f"kcmp {kind} {pid}", syscall, "kcmp", pid, os.getpid(), kind, 0, 0)
    descriptor = syscall("pidfd_open", pid, 0)
    for number in range(8):
        refused(f"descriptor {number} of {pid}", syscall, "pidfd_getfd", descriptor, number, 0)
refused("PTRACE_TRACEME", syscall, "ptrace", 0, 0, 0, 0)
agent = syscall("pidfd_open", 1, 0)
for advice in (4, 20, 21):
    refused(f"its pages {advice}", syscall, "process_madvise", agent, ctypes.addressof(vector), 1, advice, 0)
refused("its memory after death", syscall, "process_mrelease", agent, 0)
head, size = ctypes.c_void_p(), ctypes.c_size_t()
refused("its futexes", syscall, "get_robust_list", 1, ctypes.addressof(head), ctypes.addressof(size))
refused("its pages to another node", syscall, "migrate_pages", 1, 64, ctypes.addressof(page), ctypes.addressof(page))
refused("where its pages are", syscall, "move_pages", 1, 1, ctypes.addressof(vector), 0, ctypes.addressof(page), 0)
