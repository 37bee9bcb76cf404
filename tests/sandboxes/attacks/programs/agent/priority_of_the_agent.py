"""
item = "ptrace and kill of the agent"
tries = "the agent at the lowest priority, idle, on one processor, last at the disk: it could no longer watch"
safe = "refused"
fresh = true
"""

import os
import struct

from trying import refused, syscall

refused("nice 19", os.setpriority, os.PRIO_PROCESS, 1, 19)
refused("nice 19 for its group", os.setpriority, os.PRIO_PGRP, 1, 19)
refused("idle", syscall, "sched_setscheduler", 1, 5, struct.pack("i", 0))
refused("batch", syscall, "sched_setscheduler", 1, 3, struct.pack("i", 0))
refused("attributes", syscall, "sched_setattr", 1, struct.pack("IIQiIQQQ", 48, 5, 0, 19, 0, 0, 0, 0), 0)
refused("one processor", os.sched_setaffinity, 1, {min(os.sched_getaffinity(0))})
refused("last at the disk", syscall, "ioprio_set", 1, 1, 3 << 13)
refused("last at the disk, all", syscall, "ioprio_set", 3, os.getuid(), 3 << 13)
