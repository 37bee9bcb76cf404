"""
item = "abstract sockets"
tries = "sockets that have a name and no file: the machine's, D-Bus's, X's, containerd's"
safe = "they belong to a network namespace, and there is none"
"""

import errno
import socket

from trying import judge, outside, refused, text

names = [outside()["abstract"], "/tmp/.X11-unix/X0", "/tmp/dbus-x", "/containerd-shim/x", "ISCSIADM_ABSTRACT_NAMESPACE"]
for name in names:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        refused(f"{name} {kind}", socket.socket(socket.AF_UNIX, kind).connect, "\0" + name, by={errno.ECONNREFUSED})
listed = text("/proc/net/unix").splitlines()[1:]
judge(not [line for line in listed if "@" in line], "names listed", listed[:3])
