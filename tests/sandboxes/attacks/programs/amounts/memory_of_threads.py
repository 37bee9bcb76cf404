"""
item = "memory bombs"
tries = "40 threads of one process, each with a twelfth of the limit"
safe = "killed, with the reason"
ends = [137]
says = "of memory"
"""

import threading
import time

from trying import outside

size = outside()["limits"]["memory_bytes"] // 12


def take() -> None:
    held = bytearray(os_bytes * (size >> 20))
    time.sleep(60)
    del held


os_bytes = b"x" * (1 << 20)
for _ in range(40):
    threading.Thread(target=take, daemon=True).start()
time.sleep(60)
