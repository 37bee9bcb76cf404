"""
item = "forged frames"
tries = "a reply in the agent's name, to every descriptor and to the agent's own by /proc"
safe = "none of them is the channel; the true result arrives"
ends = [9]
"""

import json
import os
import struct

from trying import broke, held

for number in range(20):
    reply = {"id": number, "exit": 0, "out": [0, 0], "err": [0, 0], "seconds": 0.0, "timed_out": False}
    header = json.dumps(reply).encode()
    frame = struct.pack(">II", len(header), 0) + header
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, frame)
            broke(f"descriptor {descriptor}")
        except OSError:
            pass
        try:
            os.write(os.open(f"/proc/1/fd/{descriptor % 16}", os.O_WRONLY | os.O_NONBLOCK), frame)
            broke(f"the agent's descriptor {descriptor % 16}")
        except OSError:
            pass
held("none")
os._exit(9)
