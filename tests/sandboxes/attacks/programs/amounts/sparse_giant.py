"""
item = "sparse giants"
tries = "files of a thousand petabytes that hold nothing"
safe = "no file is larger than the limit on file sizes"
"""

import os
import resource
import signal

from trying import judge, outside, refused

limit = outside()["limits"]["file_bytes"]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
judge(resource.getrlimit(resource.RLIMIT_FSIZE) == (limit, limit), "the limit", limit)
for size in (limit + 1, 1 << 40, (1 << 63) - 1):
    refused(f"{size} bytes", lambda size=size: os.truncate("attack.py", size))
file = os.open("giant", os.O_RDWR | os.O_CREAT)
refused("a byte far out", os.pwrite, file, b"x", 1 << 50)
os.ftruncate(file, limit)
judge(os.stat("giant").st_blocks == 0, "holes take no space")
