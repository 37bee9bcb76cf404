"""
item = "LAN"
tries = "private networks, gateways, the machine's own addresses, broadcast and multicast"
safe = "no route"
"""

import errno
import socket
import struct

from trying import held, judge, outside, refused

UNREACHABLE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL}
addresses = [
    "10.0.0.1",
    "172.17.0.1",
    "172.18.0.1",
    "192.168.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "10.0.2.2",
    "198.18.0.1",
]
for address in addresses + outside()["addresses"]:
    with socket.socket() as s:
        s.settimeout(1)
        refused(address, s.connect, (address, outside()["tcp"]), by=UNREACHABLE)
with socket.socket(type=socket.SOCK_DGRAM) as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    for address in ("255.255.255.255", "10.255.255.255", "224.0.0.1", "224.0.0.251", "239.255.255.250"):
        refused(address, s.sendto, b"x", (address, 5353), by=UNREACHABLE)
    member = struct.pack("4sI", socket.inet_aton("224.0.0.251"), 0)
    refused("a group", s.setsockopt, socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
    for scope in range(4):
        try:
            s.sendto(b"x", ("ff02::1", 5353, 0, scope))
            held(f"ff02::1 on {scope} is its own loopback")
        except OSError as error:
            judge(True, f"ff02::1 on {scope}", error.strerror)
