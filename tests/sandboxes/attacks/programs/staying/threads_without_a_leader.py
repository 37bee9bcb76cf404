"""
item = "setsid and daemons past a timeout"
tries = "the command's first thread ends, others go on"
safe = "ends at its timeout"
timeout = 1.0
ends = ["timeout", 0]
"""

import threading
import time

from trying import held, syscall

held("begins")
for _ in range(3):
    threading.Thread(target=time.sleep, args=(86399,)).start()
syscall("exit", 0)
