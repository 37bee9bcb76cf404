"""
item = "memory bombs"
tries = "System V segments, filled by processes that die"
safe = "killed, with the reason: segments count after their process is gone"
ends = [137]
says = "of memory"
fresh = true
"""

import ctypes

from trying import broke, ended, libc, outside, pause, syscall

libc.shmat.restype = ctypes.c_void_p
size = outside()["limits"]["memory_bytes"] // 5


def fill() -> None:
    ctypes.memset(libc.shmat(syscall("shmget", 0, size, 0o1600), None, 0), 1, size)


for _ in range(10):
    ended(fill)
pause(0.5)
broke("ten times so many bytes in segments that are nobody's", size)
