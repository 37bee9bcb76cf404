"""
item = "ignored signals"
tries = "children that ignore every signal, and a parent that ends well"
safe = "ended with the command"
"""

import os
import signal
import time

from trying import held

for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        time.sleep(86399)
held("three that listen to nobody")
