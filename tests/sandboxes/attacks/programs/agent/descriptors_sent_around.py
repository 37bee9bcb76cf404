"""
item = "fd exhaustion"
tries = "a ring of sockets that hold each other in messages, for the kernel's collector to find"
safe = "collected; the sandbox goes on"
"""

import array
import socket

from trying import held

for _ in range(300):
    one, other = socket.socketpair()
    handle = array.array("i", [one.fileno(), other.fileno()]).tobytes()
    try:
        one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handle)])
        other.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handle)])
    except OSError as error:
        held("refused", error.strerror)
        break
    one.close()
    other.close()
held("300 rings")
