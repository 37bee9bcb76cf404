"""
item = "setsid and daemons past a timeout"
tries = "it fills its own stdin from behind and never reads it"
safe = "ends when it ends"
"""

import os

from trying import held, outside

outside()
stuff = os.open("/proc/self/fd/0", os.O_WRONLY | os.O_NONBLOCK)
try:
    while True:
        os.write(stuff, bytes(4096))
except BlockingIOError:
    held("full")
