"""
item = "routes to the internet"
tries = "an interface, an address, a route, a tunnel or a filter of its own, by netlink and by ioctl"
safe = "refused"
"""

import errno
import fcntl
import socket
import struct

from trying import judge, refused

REQUEST, ACK, CREATE, EXCL = 1, 4, 0x400, 0x200


def ask(kind: int, body: bytes) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.settimeout(1)
        s.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST | ACK | CREATE | EXCL, 1, 0) + body)
        answer = s.recv(4096)
    code = -struct.unpack_from("i", answer, 16)[0]
    if code:
        raise OSError(code, "refused")


link = struct.pack("BxHiII", 0, 0, 0, 0, 0) + struct.pack("HH", 16, 18) + struct.pack("HH8s", 10, 1, b"dummy")[:12]
for name, kind, body in (
    ("an interface", 16, link),
    ("an interface down", 16, struct.pack("BxHiII", 0, 0, 1, 0, 1)),
    ("an address", 20, struct.pack("BBBBi", 2, 24, 0, 0, 1) + struct.pack("HH4s", 8, 2, b"\x0a\0\0\1")),
    ("a route", 24, struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 3, 0, 1, 0) + struct.pack("HHi", 8, 4, 1)),
    ("a rule", 32, struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 0, 0, 1, 0)),
    ("a queue", 36, struct.pack("BxxxiIII", 0, 1, 0, 0xFFFFFFFF, 0)),
):
    refused(name, ask, kind, body, by={errno.EPERM, errno.EACCES})
with socket.socket(type=socket.SOCK_DGRAM) as s:
    name = struct.pack("16sH14x", b"lo", 0x41)
    for title, request in (
        ("flags", 0x8914),
        ("address", 0x8916),
        ("route", 0x890B),
        ("MTU", 0x8922),
        ("name", 0x8923),
    ):
        refused(title, fcntl.ioctl, s, request, name)
    refused("a bind to a device", s.setsockopt, socket.SOL_SOCKET, 25, b"eth0")
    refused("a mark", s.setsockopt, socket.SOL_SOCKET, 36, 1)
    refused("a filter", s.setsockopt, socket.IPPROTO_IP, 64, bytes(84))
    refused("another's address", s.setsockopt, socket.IPPROTO_IP, 19, 1)
judge(True, "none")
