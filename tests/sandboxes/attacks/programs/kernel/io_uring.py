"""
item = "io_uring"
tries = "io_uring, which does calls that a filter never sees"
safe = "there is no such call here"
"""

import ctypes
import errno

from trying import refused, syscall

parameters = ctypes.create_string_buffer(120)
refused("setup", syscall, "io_uring_setup", 8, ctypes.addressof(parameters), by={errno.ENOSYS})
refused("enter", syscall, "io_uring_enter", 0, 1, 0, 0, 0, 0, by={errno.ENOSYS})
refused("register", syscall, "io_uring_register", 0, 0, 0, 0, by={errno.ENOSYS})
