"""
item = "metadata"
tries = "the addresses at which clouds tell a machine its credentials"
safe = "no route"
"""

import errno
import socket

from trying import refused

for family, address in ((2, "169.254.169.254"), (2, "169.254.170.2"), (2, "100.100.100.200"), (2, "192.0.0.192"),
                        (2, "168.63.129.16"), (10, "fd00:ec2::254"), (10, "fe80::a9fe:a9fe")):  # fmt: skip
    with socket.socket(family) as s:
        s.settimeout(1)
        refused(address, s.connect, (address, 80), by={errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EINVAL})
