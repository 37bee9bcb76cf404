"""
item = "host processes"
tries = "the processes of the machine, the framework's first, by /proc, by signal 0, by pidfd, by priority"
safe = "there are two: the agent and itself"
"""

import errno
import os

from trying import judge, outside, refused, syscall

facts = outside()
seen = {int(name) for name in os.listdir("/proc") if name.isdigit()}
judge(seen == {1, os.getpid()}, "processes", seen)
judge(os.getppid() in (0, 1), "its parent", os.getppid())
for pid in (facts["pid"], 2**22 - 1):
    if pid not in seen:
        refused(f"signal to {pid}", os.kill, pid, 0, by={errno.ESRCH})
        refused(f"descriptor of {pid}", syscall, "pidfd_open", pid, 0, by={errno.ESRCH, errno.EINVAL})
        refused(f"priority of {pid}", os.getpriority, os.PRIO_PROCESS, pid, by={errno.ESRCH})
        refused(f"session of {pid}", os.getsid, pid, by={errno.ESRCH})
        refused(f"processors of {pid}", os.sched_getaffinity, pid, by={errno.ESRCH})
for pid in range(1, 3000):
    if pid not in seen:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        judge(False, f"{pid} is there, unseen")
