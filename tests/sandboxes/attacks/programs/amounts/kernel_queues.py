"""
item = "kernel memory"
tries = "message queues, of System V and of POSIX"
safe = "there are none"
"""

import ctypes

from trying import refused, syscall

refused("msgget", syscall, "msgget", 0, 0o1600)
refused("mq_open", syscall, "mq_open", b"queue", 0o102, 0o600, 0)
attributes = (ctypes.c_long * 8)(0, 10, 8192)
refused("mq_open with a size", syscall, "mq_open", b"other", 0o102, 0o600, ctypes.addressof(attributes))
