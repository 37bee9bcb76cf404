"""
item = "kernel memory"
tries = "socket pairs, each filled to the brim, while the processes themselves stay small"
safe = "killed, with the reason, or the sandbox ends, before it holds more than all of its memory and its files"
memory_mib = 64
ends = [137, 0, "gone"]
cap = "memory"
by = "group"
"""

import os
import socket

from trying import judge, outside, pause

limit = outside()["whole_bytes"]
held: list[socket.socket] = []
filled = 0
piece = b"x" * 32768
try:
    while filled < limit * 23 // 20 and len(held) < 3800:
        one, other = socket.socketpair()
        held += [one, other]
        for end in (one, other):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            try:
                while True:
                    filled += end.send(piece)
            except BlockingIOError:
                pass
except OSError as error:
    print("held", "refused", os.strerror(error.errno or 0))
pause(0.3)
judge(filled <= limit, "bytes in socket buffers", filled)
