"""
item = "fd exhaustion"
tries = "descriptors parked in messages of sockets, where RLIMIT_NOFILE does not count them"
safe = "ETOOMANYREFS at the same limit"
"""

import array
import errno
import os
import socket

from trying import judge, outside

limit = outside()["limits"]["open_files"]
payload = array.array("i", [os.open("/dev/null", os.O_RDONLY)] * 250).tobytes()
parked = 0
pairs: list[tuple[socket.socket, socket.socket]] = []
why = 0
while not why and parked < 4 * limit:
    one, other = socket.socketpair()
    one.setblocking(False)
    pairs.append((one, other))
    try:
        while parked < 4 * limit:
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, payload)])
            parked += 250
    except BlockingIOError:
        continue
    except OSError as error:
        why = error.errno or -1
judge(why == errno.ETOOMANYREFS and parked <= limit + 250, "descriptors in flight", parked)
