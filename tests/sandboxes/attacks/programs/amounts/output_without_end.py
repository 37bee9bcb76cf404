"""
item = "endless and 100 MB-line output"
tries = "output without end, on both streams"
safe = "ends at its timeout; the head and the tail are kept"
timeout = 1.0
ends = ["timeout"]
"""

import os

line = b"held x\n" * 9000
while True:
    os.write(1, line)
    os.write(2, line)
