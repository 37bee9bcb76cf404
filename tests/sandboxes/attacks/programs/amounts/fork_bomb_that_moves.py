"""
item = "fork bomb"
tries = "a chain of processes, each of which forks the next and ends, faster than a list of them can be read"
safe = "ends at its timeout, and none is left"
timeout = 1.0
ends = ["timeout"]
"""

import os
import time

for _ in range(8):
    try:
        is_first = os.fork() == 0
    except OSError:  # the chains that there are have taken all that there is
        break
    if is_first:
        os.setsid()
        while True:
            try:
                if os.fork():
                    os._exit(0)
            except OSError:
                pass
time.sleep(60)
