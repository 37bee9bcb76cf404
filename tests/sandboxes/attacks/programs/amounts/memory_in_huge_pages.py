"""
item = "memory bombs"
tries = "the machine's pool of huge pages"
safe = "refused, or empty"
"""

import mmap

from trying import refused, syscall

PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
for size in (0, 21 << 26, 30 << 26):
    refused(f"MAP_HUGETLB {size:#x}", lambda size=size: mmap.mmap(-1, 1 << 30, PRIVATE | 0x40000 | size))
refused("SHM_HUGETLB", syscall, "shmget", 0, 2 << 20, 0o5600)
