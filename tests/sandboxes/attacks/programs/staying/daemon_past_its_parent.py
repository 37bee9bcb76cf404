"""
item = "setsid and daemons past a timeout"
tries = "daemons with closed streams in sessions of their own, whose command ends well"
safe = "ended with the command"
"""

import os
import time

from trying import held

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        os.chdir("/")
        for descriptor in range(3):
            os.close(descriptor)
        if os.fork() == 0:
            time.sleep(86399)
        os._exit(0)
held("three daemons")
