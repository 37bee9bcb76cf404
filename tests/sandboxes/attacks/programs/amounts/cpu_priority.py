"""
item = "cpu spin"
tries = "a priority above everybody else's: nice, real time, deadline, first at the disk"
safe = "refused"
"""

import ctypes
import os
import struct

from trying import refused, syscall

refused("nice -20", os.setpriority, os.PRIO_PROCESS, 0, -20)
refused("nice -1", os.nice, -1)
one = struct.pack("i", 1)
for policy in (1, 2):
    refused(f"real time {policy}", syscall, "sched_setscheduler", 0, policy, one)
deadline = struct.pack("IIQiIQQQ", 48, 6, 0, 0, 0, 10_000_000, 10_000_000, 10_000_000)
refused("deadline", syscall, "sched_setattr", 0, ctypes.c_char_p(deadline), 0)
refused("first at the disk", syscall, "ioprio_set", 1, 0, 1 << 13)
