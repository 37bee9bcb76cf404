"""
item = "memory bombs"
tries = "40 threads of one process, each with 20 MiB"
safe = "killed, with the reason"
ends = [137]
says = "of memory"
"""

import threading
import time


def take() -> None:
    held = bytearray(os_bytes * 20)
    time.sleep(60)
    del held


os_bytes = b"x" * (1 << 20)
for _ in range(40):
    threading.Thread(target=take, daemon=True).start()
time.sleep(60)
