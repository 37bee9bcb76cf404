"""
item = "host services"
tries = "nothing: a server and a client of its own on loopback, as tests of web applications have them"
safe = "works, in both families"
"""

import socket

from trying import judge

for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    server = socket.create_server((host, 0), family=family)
    client = socket.create_connection(server.getsockname()[:2], 1)
    client.send(b"hello")
    judge(server.accept()[0].recv(5) == b"hello", host, socket.gethostbyname("localhost"))
