"""
item = "memory bombs"
tries = "58 processes that share 150 MiB in 2,000 mappings each make every look at memory slow; then two take too much"
safe = "killed, with the reason, before it has them"
ends = [137]
cap = "memory"
by = "group"
sure = false
says = "of memory"
"""

import mmap
import os
import time

from trying import broke, outside

size = outside()["limits"]["memory_bytes"] // 25

shared = mmap.mmap(-1, 150 << 20)
shared.write(b"x" * len(shared))
pieces = [mmap.mmap(-1, 8192) for _ in range(2000)]
for piece in pieces:
    piece.write(b"x")
ready, tell = os.pipe()
for _ in range(58):
    if os.fork() == 0:
        for at in range(0, len(shared), 4096):
            shared[at]
        os.write(tell, b".")
        time.sleep(60)
waited = 0
while waited < 58:
    waited += len(os.read(ready, 58))
held = []
for _ in range(2):
    if os.fork() == 0:
        held = [bytearray(b"x" * size) for _ in range(35)]
        os.write(tell, b"!")
        time.sleep(60)
done = 0
while done < 2:
    done += len(os.read(ready, 2))
broke("70 times so many bytes at once, while nobody looked", size)
