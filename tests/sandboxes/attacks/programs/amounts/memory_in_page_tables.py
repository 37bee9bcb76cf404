"""
item = "memory bombs"
tries = "one byte read in each 2 MiB of a huge mapping: page tables, which count as nobody's"
safe = "killed, with the reason, or the sandbox ends, before it holds more than all of its memory and its files"
memory_mib = 64
ends = [137, 0, "gone"]
cap = "memory"
by = "group"
"""

import mmap

from trying import broke, held, outside, pause, status

PAGES = outside()["whole_bytes"] * 23 // 20 // 4096  # of tables, one for each 2 MiB that was touched
NORESERVE = 0x4000
try:
    view = mmap.mmap(-1, PAGES << 21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NORESERVE, mmap.PROT_READ)
except (OSError, ValueError) as error:
    held("no such mapping", error)
else:
    for at in range(0, PAGES << 21, 2 << 20):
        view[at]
    pause(0.3)
    broke("page tables", status()["VmPTE"])
