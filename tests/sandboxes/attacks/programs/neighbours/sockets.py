"""
item = "another sandbox"
tries = "servers of another sandbox: on loopback, abstract, in /tmp, /dev/shm and the workspace"
safe = "none is there"
"""

import errno
import socket

from trying import refused

refused("TCP", socket.create_connection, ("127.0.0.1", 45671), 1, by={errno.ECONNREFUSED})
refused("TCP of IPv6", socket.create_connection, ("::1", 45672), 1, by={errno.ECONNREFUSED})
with socket.socket(type=socket.SOCK_DGRAM) as s:
    s.settimeout(0.2)
    s.connect(("127.0.0.1", 45673))
    s.send(b"x")
    refused("UDP", s.recv, 1, by={errno.ECONNREFUSED})
for name in ("\0slipway-victim", "/tmp/victim.socket", "/dev/shm/victim.socket", "/workspace/victim.socket"):
    refused(repr(name), socket.socket(socket.AF_UNIX).connect, name)
