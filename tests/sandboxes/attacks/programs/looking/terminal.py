"""
item = "devices"
tries = "the terminal of whoever started the framework: by /dev/tty, and typing into it by TIOCSTI"
safe = "it has none; TIOCSTI and TIOCLINUX are refused, however their number is written"
"""

import errno
import fcntl
import os
import pty

from trying import judge, libc, refused

refused("/dev/tty", os.open, "/dev/tty", os.O_RDWR, by={errno.ENXIO})
_, own = pty.openpty()
for name, request in (("TIOCSTI", 0x5412), ("TIOCLINUX", 0x541C), ("TIOCCONS", 0x541D)):
    refused(name, fcntl.ioctl, own, request, b"\n")
for request in (0x5412 | 1 << 32, 0x541C | 0xFFFF << 32):
    judge(libc.ioctl(own, __import__("ctypes").c_ulong(request), b"\n") == -1, f"{request:#x}")
