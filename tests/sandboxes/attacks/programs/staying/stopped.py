"""
item = "ignored signals"
tries = "processes that stopped themselves, and one that waits in the kernel for a child it made by vfork"
safe = "ended with the command"
"""

import os
import signal
import time

from trying import held, libc, pause

for _ in range(3):
    if os.fork() == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
if os.fork() == 0:
    if libc.vfork() == 0:
        time.sleep(86399)
    os._exit(0)
pause(0.1)
held("three stopped, one waiting")
