"""
item = "cgroups"
tries = "control groups: a process moved, a limit raised, a program to be run at release, a hierarchy of its own"
safe = "none can be written, and none can be mounted"
"""

import os

from trying import judge, refused, syscall

found = []
for folder, _, names in os.walk("/sys/fs/cgroup"):
    found += [os.path.join(folder, name) for name in names if os.access(os.path.join(folder, name), os.W_OK)]
    if os.access(folder, os.W_OK):
        found.append(folder)
judge(not found, "files that may be written", found[:5])
os.mkdir("/tmp/cgroup")
for kind, data in (("cgroup", b"memory"), ("cgroup", b"rdma"), ("cgroup2", None)):
    refused(f"mount {kind} {data}", syscall, "mount", b"none", b"/tmp/cgroup", kind.encode(), 0, data)
