"""
item = "memory bombs"
tries = "20 processes, each with a moderate eighth of the limit"
safe = "killed, with the reason"
ends = [137]
says = "MiB of memory"
"""

import os
import time

from trying import outside

size = outside()["limits"]["memory_bytes"] // 8

for _ in range(20):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * (size >> 20))
        time.sleep(60)
time.sleep(60)
