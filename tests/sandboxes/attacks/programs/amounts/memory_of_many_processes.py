"""
item = "memory bombs"
tries = "20 processes, each with a moderate 30 MiB"
safe = "killed, with the reason"
ends = [137]
says = "the sandbox ended this command: it used more than 256 MiB of memory"
"""

import os
import time

for _ in range(20):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 30)
        time.sleep(60)
time.sleep(60)
