"""
item = "raw sockets"
tries = "each family of sockets that the kernel has: vsock reaches the hypervisor, AF_ALG and others are old code"
safe = "UNIX, INET and INET6 alone, and NETLINK for routes"
"""

import errno
import socket

from trying import judge, refused

for family in range(50):
    if family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
        continue
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, 10):
        refused(f"family {family}, type {kind}", socket.socket, family, kind, 0, by={errno.EAFNOSUPPORT})
for protocol in range(1, 32):
    refused(f"netlink {protocol}", socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, protocol)
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_VSOCK):
    refused(f"pairs of {family}", socket.socketpair, family)
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
judge(True, "netlink for routes is there, which the C library asks for addresses")
