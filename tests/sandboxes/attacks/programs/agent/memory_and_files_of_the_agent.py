"""
item = "ptrace and kill of the agent"
tries = "the agent's memory, environment and descriptors by /proc"
safe = "the kernel calls it undumpable, so all of that is root's"
"""

import errno
import os

from trying import refused

for name in ("mem", "environ", "maps", "smaps", "auxv", "io", "pagemap", "syscall", "personality", "stack"):
    refused(name, lambda name=name: open(f"/proc/1/{name}", "rb").read(1), by={errno.EACCES, errno.EPERM, errno.ENOENT})
for name in ("fd", "fdinfo", "map_files", "task/1/fd", "ns"):
    refused(name, lambda name=name: [os.readlink(f"/proc/1/{name}/{word}") for word in os.listdir(f"/proc/1/{name}")],
            by={errno.EACCES, errno.EPERM, errno.ENOENT})  # fmt: skip
for number in range(12):
    refused(f"fd/{number}", os.open, f"/proc/1/fd/{number}", os.O_RDWR, by={errno.EACCES, errno.EPERM})
