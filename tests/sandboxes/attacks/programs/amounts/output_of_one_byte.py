"""
item = "endless and 100 MB-line output"
tries = "a million writes of one byte"
safe = "every byte is counted; nothing else is late for it"
ends = [0, "timeout"]
timeout = 6.0
"""

import os

os.write(1, b"held ")
for _ in range(300_000):
    os.write(1, b"x")
os.write(1, b"\n")
