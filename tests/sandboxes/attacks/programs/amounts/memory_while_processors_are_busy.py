"""
item = "memory bombs"
tries = "60 processes in sessions of their own spin, so that PID 1 gets no turn; then one takes 700 MiB"
safe = "killed, with the reason, before it has held them for long; or it gets no turn itself"
timeout = 8.0
ends = [137, "timeout"]
says = "of memory"
"""

import os
import time

from trying import broke, pause

for _ in range(60):
    if os.fork() == 0:
        os.setsid()
        while True:
            pass
held = []
for _ in range(2):
    if os.fork() == 0:
        held = [bytearray(b"x" * (10 << 20)) for _ in range(35)]
        pause(2)
        broke("700 MiB for two seconds")
time.sleep(60)
