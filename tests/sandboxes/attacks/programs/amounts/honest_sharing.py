"""
item = "memory bombs"
tries = "nothing: ten test workers share 60 MiB that their parent loaded"
safe = "shared pages count once, so an honest program is left alone"
"""

import os
import time

from trying import held

loaded = bytearray(os.urandom(1 << 20) * 60)
for _ in range(9):
    if os.fork() == 0:
        time.sleep(0.4)
        os._exit(0)
time.sleep(0.4)
held("ten processes that share", len(loaded))
