"""
item = "clock"
tries = "the machine's clock: set, adjusted, slewed; a time namespace"
safe = "refused"
"""

import ctypes
import errno
import struct

from trying import refused, syscall

UNPRIVILEGED = {errno.EPERM, errno.ENOSYS}
impossible = struct.pack("qq", 0, -1)  # refused for what it is, should the call be let through
for clock in (0, 1, 7, 11):
    refused(f"clock_settime {clock}", syscall, "clock_settime", clock, impossible, by=UNPRIVILEGED)
refused("settimeofday", syscall, "settimeofday", impossible, 0, by=UNPRIVILEGED)
change = ctypes.create_string_buffer(struct.pack("I", 0x0100), 256)  # moved by nothing
refused("adjtimex", syscall, "adjtimex", ctypes.addressof(change), by=UNPRIVILEGED)
refused("clock_adjtime", syscall, "clock_adjtime", 0, ctypes.addressof(change), by=UNPRIVILEGED)
