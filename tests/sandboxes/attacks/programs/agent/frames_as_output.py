"""
item = "forged frames"
tries = "frames as its output: a greeting, a reply that all is well, a header of 4 GiB"
safe = "output is output"
ends = [3]
"""

import os
import struct

reply = b'{"id": 1, "exit": 0, "out": [0, 0], "err": [0, 0], "seconds": 0.0, "timed_out": false}'
for frame in (struct.pack(">II", len(reply), 0) + reply, b"\xff" * 8, struct.pack(">II", 2, 0) + b"{}"):
    os.write(1, frame)
    os.write(2, frame)
os._exit(3)
