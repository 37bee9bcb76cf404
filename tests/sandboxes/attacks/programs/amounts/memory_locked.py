"""
item = "memory bombs"
tries = "memory that cannot be swapped out: mlock, mlockall, MAP_LOCKED, SHM_LOCK"
safe = "refused"
"""

import ctypes
import mmap

from trying import refused, syscall

page = ctypes.create_string_buffer(1 << 20)
refused("mlock", syscall, "mlock", ctypes.addressof(page), len(page))
refused("mlock2", syscall, "mlock2", ctypes.addressof(page), len(page), 1)
refused("mlockall", syscall, "mlockall", 3)
refused("MAP_LOCKED", lambda: mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x2000))
segment = syscall("shmget", 0, 4096, 0o1600)
refused("SHM_LOCK", syscall, "shmctl", segment, 11, 0)
syscall("shmctl", segment, 0, 0)
