"""
item = "cpu spin"
tries = "more processors than the sandbox was given"
safe = "no more than one second of processor time in a second"
cap = "cpu"
sure = false
"""

import os
import time

from trying import judge

end = time.monotonic() + 1.5
for _ in range(4):
    if os.fork() == 0:
        while time.monotonic() < end:
            pass
        os._exit(0)
for _ in range(4):
    os.wait()
used = os.times()
spent = used.children_user + used.children_system
judge(spent < 1.5 * 1.25, "seconds of processor time in 1.5 s", spent)
