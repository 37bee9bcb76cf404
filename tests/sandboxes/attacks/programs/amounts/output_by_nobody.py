"""
item = "endless and 100 MB-line output"
tries = "the command ends, and a process that it left goes on writing"
safe = "the result comes at once, and the writer is ended"
"""

import os
import time

from trying import held

if os.fork() == 0:
    os.setsid()
    while True:
        os.write(1, b"held still here\n")
held("the command ends")
time.sleep(0.1)
