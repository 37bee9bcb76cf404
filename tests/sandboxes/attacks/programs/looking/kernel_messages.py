"""
item = "/proc and /sys leaks"
tries = "the kernel's messages, by syslog(2), by /dev/kmsg and by /proc/kmsg"
safe = "refused"
"""

import ctypes
import os

from trying import refused, syscall

buffer = ctypes.create_string_buffer(4096)
for action in (2, 3, 4, 10):
    refused(f"syslog {action}", syscall, "syslog", action, ctypes.addressof(buffer), len(buffer))
refused("console level", syscall, "syslog", 8, 0, 1)
for path in ("/dev/kmsg", "/proc/kmsg"):
    refused(path, os.open, path, os.O_RDONLY | os.O_NONBLOCK)
