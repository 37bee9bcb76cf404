"""
item = "mount"
tries = "the new calls for mounts: fsopen, fsconfig, fsmount, fspick, open_tree, move_mount, mount_setattr, newer ones"
safe = "refused, or not there"
"""

import struct

from trying import numbered, refused, syscall

CLONE, RECURSIVE = 1, 0x8000
for kind in (b"proc", b"sysfs", b"tmpfs", b"ext4", b"overlay", b"cgroup2"):
    refused(f"fsopen {kind.decode()}", syscall, "fsopen", kind, 0)
refused("fsconfig", syscall, "fsconfig", 0, 6, 0, 0, 0)
refused("fsmount", syscall, "fsmount", 0, 0, 0)
refused("fspick", syscall, "fspick", -100, b"/", 0)
for flags in (0, CLONE, CLONE | RECURSIVE):
    refused(f"open_tree {flags:#x}", syscall, "open_tree", -100, b"/usr", flags)
refused("move_mount", syscall, "move_mount", -100, b"/usr", -100, b"/tmp", 0)
refused("mount_setattr", syscall, "mount_setattr", -100, b"/usr", 0, struct.pack("QQQQ", 0, 1, 0, 0), 32)
refused("open_tree_attr", numbered, 467, -100, b"/usr", CLONE, struct.pack("QQQQ", 0, 1, 0, 0), 32)
