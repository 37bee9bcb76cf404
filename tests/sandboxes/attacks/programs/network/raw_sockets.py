"""
item = "raw sockets"
tries = "raw sockets of each protocol and family, pings, headers of its own"
safe = "refused"
"""

import errno
import socket

from trying import refused

REFUSED = {errno.EPERM, errno.EACCES, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT}
for family in (socket.AF_INET, socket.AF_INET6):
    for protocol in (1, 6, 17, 58, 255):
        refused(f"raw {family} {protocol}", socket.socket, family, socket.SOCK_RAW, protocol, by=REFUSED)
for protocol in (0x0003, 0x0300, 0x0800, 0x0806):
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, 10):
        refused(f"packet {kind} {protocol:#x}", socket.socket, socket.AF_PACKET, kind, protocol, by=REFUSED)
