"""
item = "core dumps"
tries = "a crash with memory worth dumping, by each signal that dumps"
safe = "no core file appears"
"""

import os
import resource
import signal

from trying import broke, ended, held, judge

DUMPING = (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGILL, signal.SIGBUS, signal.SIGFPE, signal.SIGTRAP)
for number in DUMPING:
    judge(ended(lambda number=number: os.kill(os.getpid(), number)) == -number, f"crashed by {number.name}")
for folder in (".", "/tmp", "/dev/shm", os.environ["HOME"]):
    for name in os.listdir(folder):
        (broke if name.startswith("core") else held)(f"{folder}/{name}")
try:
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
except (OSError, ValueError) as error:
    held("the limit cannot be raised", error)
else:
    broke("the limit was raised")
