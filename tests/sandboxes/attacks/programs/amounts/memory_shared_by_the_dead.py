"""
item = "memory bombs"
tries = "children fill shared anonymous memory and die; their parent maps it and never touched it"
safe = "killed, with the reason, or the sandbox ends, before it holds more than all of its memory and its files"
memory_mib = 64
ends = [0, 137, "gone"]
cap = "memory"
by = "group"
"""

import mmap
import time

from trying import broke, ended, held, outside, pause

PIECE = 20 << 20
view = mmap.mmap(-1, outside()["whole_bytes"] * 23 // 20 // PIECE * PIECE)


def fill(at: int) -> None:
    view[at : at + PIECE] = b"x" * PIECE


for at in range(0, len(view), PIECE):
    if ended(lambda at=at: fill(at)):
        held("a child was killed", at)
        break
    time.sleep(0.01)
else:
    pause(0.3)
    broke("bytes that nobody counts", len(view))
