"""
item = "memory bombs"
tries = "the agent is made the idlest of processes, to watch no longer; then four spin, and two take more than there is"
safe = "the agent keeps its priority, and the command is killed, with the reason; or it gets no turn itself"
timeout = 8.0
ends = [137, "timeout"]
says = "of memory"
fresh = true
sure = false
"""

import os
import struct
import time

from trying import broke, outside, pause, syscall

size = outside()["limits"]["memory_bytes"] // 25

for change in (
    lambda: syscall("sched_setscheduler", 1, 5, struct.pack("i", 0)),
    lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    lambda: os.sched_setaffinity(1, {0}),
):
    try:
        change()
    except OSError:
        pass
os.sched_setaffinity(0, {0})
for _ in range(4):
    if os.fork() == 0:
        while True:
            pass
os.sched_setaffinity(0, os.sched_getaffinity(1) | {0, 1})
report, tell = os.pipe()
for _ in range(2):
    if os.fork() == 0:
        held = [bytearray(b"x" * size) for _ in range(35)]
        os.write(tell, b".")
        time.sleep(60)
done = 0
while done < 2:
    done += len(os.read(report, 2))
pause(0.5)
broke("70 times so many bytes for half a second", size)
