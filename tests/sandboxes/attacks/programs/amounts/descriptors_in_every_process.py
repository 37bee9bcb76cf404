"""
item = "fd exhaustion"
tries = "60 processes with 4,000 open files each"
safe = "the agent has its own, so the next command starts"
"""

import os
import time

from trying import held

report, tell = os.pipe()
for _ in range(59):
    if os.fork() == 0:
        for _ in range(4000):
            os.open("/dev/null", os.O_RDONLY)
        os.write(tell, b".")
        time.sleep(60)
waited = 0
while waited < 59:
    waited += len(os.read(report, 64))
held("236,000 open files")
