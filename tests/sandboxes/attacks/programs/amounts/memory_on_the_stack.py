"""
item = "memory bombs"
tries = "mappings that pass for a stack, which RLIMIT_DATA leaves out"
safe = "killed, with the reason"
ends = [137]
says = "of memory"
"""

import mmap

from trying import broke, outside, pause

GROWSDOWN, STACK = 0x100, 0x20000
size = outside()["limits"]["memory_bytes"] // (25 << 12) << 12
held = []
for _ in range(80):
    view = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | GROWSDOWN | STACK)
    view.write(b"x" * len(view))
    held.append(view)
pause(0.5)
broke("80 stacks of so many bytes", size)
