"""
item = "memory bombs"
tries = "a file without end in /dev/shm, and one behind a mapping"
safe = "no space left at its size"
"""

import mmap
import os
import signal

from trying import ended, judge

size = 0
with open("/dev/shm/big", "wb", buffering=0) as file:
    try:
        while size < 1 << 30:
            size += file.write(bytes(1 << 20))
    except OSError:
        pass
judge(size <= 64 << 20, "bytes in /dev/shm", size)
os.unlink("/dev/shm/big")


def touch() -> None:
    with open("/dev/shm/sparse", "w+b") as file:
        file.truncate(512 << 20)
        view = mmap.mmap(file.fileno(), 0)
        for at in range(0, len(view), 4096):
            view[at] = 1


judge(ended(touch) == -signal.SIGBUS, "a mapping over a hole")
