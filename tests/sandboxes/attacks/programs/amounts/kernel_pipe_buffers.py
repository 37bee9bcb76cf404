"""
item = "kernel memory"
tries = "pipes, each made as large as it can be and filled, in several processes"
safe = "killed, with the reason, or the sandbox ends, before it holds more than all of its memory and its files"
memory_mib = 64
ends = [137, 0, "gone"]
cap = "memory"
by = "group"
"""

import fcntl
import os
import time

from trying import judge, outside, pause

limit = outside()["whole_bytes"]
report, tell = os.pipe()


def fill() -> int:
    filled, large, block = 0, True, bytes(1 << 20)
    try:
        while filled < 80 << 20:
            _, end = os.pipe2(os.O_NONBLOCK)
            try:
                large = large and bool(fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, len(block)))
            except OSError:
                large = False
            filled += os.write(end, block)
    except OSError:
        pass
    return filled


for _ in range(44):
    if os.fork() == 0:
        os.write(tell, fill().to_bytes(8, "big"))
        time.sleep(60)
filled = sum(int.from_bytes(os.read(report, 8), "big") for _ in range(44))
pause(0.3)
judge(filled <= limit, "bytes in pipe buffers", filled)
