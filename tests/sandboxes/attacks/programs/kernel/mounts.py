"""
item = "mount"
tries = "mounts of every kind: proc, sysfs, tmpfs, overlay, bind, remounts to write, moves, propagation, unmounts"
safe = "refused"
"""

import os

from trying import refused, syscall

BIND, REMOUNT, MOVE, REC, SHARED, RDONLY = 4096, 32, 8192, 16384, 1 << 20, 1
os.mkdir("/tmp/m")
for kind in (b"proc", b"sysfs", b"tmpfs", b"devtmpfs", b"devpts", b"debugfs", b"tracefs", b"securityfs", b"bpf",
             b"cgroup2", b"mqueue", b"fuse", b"ramfs", b"hugetlbfs", b"binfmt_misc", b"nfs", b"ext4"):  # fmt: skip
    refused(f"mount {kind.decode()}", syscall, "mount", kind, b"/tmp/m", kind, 0, 0)
refused("overlay", syscall, "mount", b"o", b"/tmp/m", b"overlay", 0, b"lowerdir=/usr,upperdir=/tmp,workdir=/tmp")
refused("bind", syscall, "mount", b"/usr", b"/tmp/m", 0, BIND | REC, 0)
refused("bind over /proc", syscall, "mount", b"/tmp/m", b"/proc", 0, BIND, 0)
for place in (b"/", b"/usr", b"/proc", b"/dev", b"/workspace"):
    refused(f"remount {place.decode()}", syscall, "mount", b"none", place, 0, REMOUNT | BIND, 0)
    refused(f"move {place.decode()}", syscall, "mount", place, b"/tmp/m", 0, MOVE, 0)
    refused(f"share {place.decode()}", syscall, "mount", b"none", place, 0, SHARED | REC, 0)
    for flags in (0, 1, 2, 8):
        refused(f"unmount {place.decode()} {flags}", syscall, "umount2", place, flags)
refused("pivot_root", syscall, "pivot_root", b"/tmp", b"/tmp/m")
