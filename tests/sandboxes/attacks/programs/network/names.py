"""
item = "DNS"
tries = "names: by the C library, by asking well-known servers, by a local resolver's sockets, with data in the name"
safe = "no answer, at once"
"""

import socket
import time

from trying import judge, refused

began = time.monotonic()
for name in ("example.com", "pypi.org", "metadata.google.internal", "host.docker.internal", "gateway.docker.internal",
             "c2VjcmV0.example.com", "_gateway", "kubernetes.default.svc"):  # fmt: skip
    refused(name, socket.getaddrinfo, name, 443)
judge(time.monotonic() - began < 20, "at once", time.monotonic() - began)
query = b"\0\1\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"
for server in ("127.0.0.53", "127.0.0.11", "127.0.0.1", "8.8.8.8", "::1"):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(0.1)

        def ask(s: socket.socket = s, server: str = server) -> bytes:
            s.connect((server, 53))
            s.send(query)
            return s.recv(512)

        refused(server, ask)
for path in ("/run/systemd/resolve/io.systemd.Resolve", "/run/nscd/socket", "/var/run/nscd/socket"):
    refused(path, socket.socket(socket.AF_UNIX).connect, path)
refused("/etc/resolv.conf", open, "/etc/resolv.conf") if not __import__("os").path.exists("/etc/resolv.conf") else None
