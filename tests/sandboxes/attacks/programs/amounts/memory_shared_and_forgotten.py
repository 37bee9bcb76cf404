"""
item = "memory bombs"
tries = "shared anonymous memory, touched and then dropped from the page tables: it stays, and no process shows it"
safe = "killed, with the reason, or the sandbox ends, before it holds more than all of its memory and its files"
memory_mib = 64
ends = [137, "gone"]
cap = "memory"
by = "group"
"""

import mmap
import time

from trying import broke, outside, pause

PIECE = 20 << 20
held = []
for _ in range(outside()["whole_bytes"] * 23 // 20 // PIECE):
    view = mmap.mmap(-1, PIECE)
    view.write(b"x" * PIECE)
    view.madvise(mmap.MADV_DONTNEED)
    held.append(view)
    time.sleep(0.01)
pause(0.3)
lost = [view for view in held if view[PIECE - 1 :] != b"x"]
broke("bytes that nobody counts", PIECE * (len(held) - len(lost)))
