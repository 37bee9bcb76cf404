"""
item = "cpu spin"
tries = "every process that there can be spins, in sessions of their own"
safe = "ends at its timeout, not later"
timeout = 1.0
ends = ["timeout"]
"""

import os

for _ in range(60):
    if os.fork() == 0:
        os.setsid()
        break
while True:
    pass
