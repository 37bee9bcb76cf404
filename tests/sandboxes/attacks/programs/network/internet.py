"""
item = "routes to the internet"
tries = "addresses of the internet, of both families, by TCP, UDP and fast open"
safe = "no route"
"""

import errno
import socket

from trying import judge, refused, text

UNREACHABLE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EACCES, errno.EAFNOSUPPORT}
for family, address in ((2, "1.1.1.1"), (2, "8.8.8.8"), (10, "2606:4700:4700::1111"), (10, "64:ff9b::101:101")):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        for port in (53, 80, 443):
            with socket.socket(family, kind) as s:
                s.settimeout(1)
                refused(f"{address} {port} {kind}", s.connect, (address, port), by=UNREACHABLE)
    with socket.socket(family, socket.SOCK_STREAM) as s:
        refused(f"{address} fast open", s.sendto, b"x", 0x20000000, (address, 80), by=UNREACHABLE | {errno.EOPNOTSUPP})
judge(text("/proc/net/route").splitlines()[1:] == [], "routes")
names = [line.split(":")[0].strip() for line in text("/proc/net/dev").splitlines()[2:]]
judge(names == ["lo"], "interfaces", names)
