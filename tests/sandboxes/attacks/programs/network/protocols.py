"""
item = "raw sockets"
tries = "protocols that hardly anybody uses, whose modules the kernel would load for it: SCTP, DCCP, UDP-Lite, L2TP"
safe = "refused"
"""

import socket

from trying import refused

STREAM, DATAGRAM, DCCP, SEQUENCE = 1, 2, 6, 5
cases = {"SCTP": (STREAM, 132), "SCTP of sequences": (SEQUENCE, 132), "DCCP": (DCCP, 33), "UDP-Lite": (DATAGRAM, 136),
         "L2TP": (DATAGRAM, 115), "SMC": (STREAM, 256)}  # fmt: skip
for name, (kind, protocol) in cases.items():
    for family in (socket.AF_INET, socket.AF_INET6):
        refused(f"{name} {family}", socket.socket, family, kind, protocol)
