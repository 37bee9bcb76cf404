"""
item = "setsid and daemons past a timeout"
tries = "a process that adopts every orphan, so that PID 1 never sees one"
safe = "ended with the command"
"""

import os
import time

from trying import held, libc, pause

if os.fork() == 0:
    os.setsid()
    libc.prctl(36, 1, 0, 0, 0)
    for _ in range(5):
        if os.fork() == 0:
            if os.fork() == 0:
                time.sleep(86399)
            os._exit(0)
    time.sleep(86399)
pause(0.2)
held("a family of its own")
