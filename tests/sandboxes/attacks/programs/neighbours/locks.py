"""
item = "another sandbox"
tries = "locks on files that both see: one bit at a time, a message for whoever else can lock them"
safe = "the other's locks are not felt"
cap = "own_files"
"""

import fcntl
import os

from trying import judge

for path in ("/usr/bin/env", "/etc/passwd", os.__file__):
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        judge(False, f"{path} is locked by somebody else")
    else:
        judge(True, path)
        fcntl.flock(file, fcntl.LOCK_UN)
