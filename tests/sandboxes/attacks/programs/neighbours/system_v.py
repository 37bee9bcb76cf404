"""
item = "SysV IPC"
tries = "segments, semaphores and queues of another sandbox and of the machine, by key, by number, by the list"
safe = "there are none"
"""

import ctypes
import errno

from trying import judge, refused, syscall, text

refused("the key of another", syscall, "shmget", 0x511B, 4096, 0, by={errno.ENOENT})
info = ctypes.create_string_buffer(256)
for number in range(200):
    try:
        syscall("shmctl", number, 2, ctypes.addressof(info))
    except OSError:
        continue
    judge(False, f"segment {number}")
for name in ("shm", "sem", "msg"):
    judge(len(text(f"/proc/sysvipc/{name}").splitlines()) <= 1, f"list of {name}")
