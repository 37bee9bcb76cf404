"""
item = "setsid and daemons past a timeout"
tries = "daemons in sessions of their own, while the command itself runs out of time"
safe = "ended with the command, at its timeout"
timeout = 0.7
ends = ["timeout"]
"""

import os
import time

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "86399"])
time.sleep(60)
