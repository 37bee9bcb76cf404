"""
item = "namespaces"
tries = "joining the agent's namespaces, and its own again to be let in anew, by /proc and by pidfd"
safe = "refused"
"""

import os

from trying import refused, syscall

for name in ("mnt", "pid", "net", "ipc", "uts", "user", "cgroup", "time"):
    refused(f"the agent's {name}", os.open, f"/proc/1/ns/{name}", os.O_RDONLY)
    try:
        own = os.open(f"/proc/self/ns/{name}", os.O_RDONLY)
    except OSError:
        continue
    refused(f"its own {name}", syscall, "setns", own, 0)
    os.close(own)
agent = syscall("pidfd_open", 1, 0)
for flag in (0x20000, 0x10000000, 0x20000000, 0x40000000, 0x7E020000):
    refused(f"by pidfd {flag:#x}", syscall, "setns", agent, flag)
