"""
item = "setsid and daemons past a timeout"
tries = "a grandchild keeps the command's output open"
safe = "the result comes with the command's end"
"""

import os
import time

from trying import held, judge

began = time.monotonic()
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
held("ends now")
judge(time.monotonic() - began < 20, "at once")
