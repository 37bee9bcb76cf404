"""
item = "host services"
tries = "servers of the machine on its loopback, of both families, and by a socket in a folder"
safe = "another loopback, where nobody listens"
"""

import errno
import socket

from trying import outside, refused

facts = outside()
for address in ("127.0.0.1", "127.0.1.1", "0.0.0.0", "localhost"):
    refused(address, socket.create_connection, (address, facts["tcp"]), 1, by={errno.ECONNREFUSED})
for address in ("::1", "::", "::ffff:127.0.0.1"):
    with socket.socket(socket.AF_INET6) as s:
        s.settimeout(1)
        refused(address, s.connect, (address, facts["tcp6"]))
with socket.socket(type=socket.SOCK_DGRAM) as s:
    s.settimeout(0.2)
    s.connect(("127.0.0.1", facts["udp"]))
    s.send(b"x")
    refused("a datagram", s.recv, 1)
for port in (22, 53, 80, 111, 443, 631, 2375, 2376, 2379, 3306, 5000, 5432, 6379, 6443, 8080, 8500, 10250, 11434):
    refused(f"port {port}", socket.create_connection, ("127.0.0.1", port), 0.5, by={errno.ECONNREFUSED})
refused("a socket in a folder", socket.socket(socket.AF_UNIX).connect, facts["socket"])
