"""
item = "other system calls"
tries = "files by handle, which pass by every folder above them; notice of all accesses of a file system; quotas"
safe = "refused"
"""

import ctypes
import struct

from trying import refused, syscall

handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 160)
mount = ctypes.c_int()
refused("a handle", syscall, "name_to_handle_at", -100, b"/usr", ctypes.addressof(handle), ctypes.addressof(mount), 0)
root = ctypes.create_string_buffer(struct.pack("IiQ", 8, 1, 2), 160)
refused("inode 2", syscall, "open_by_handle_at", -100, ctypes.addressof(root), 0)
for flags in (0, 4, 8, 0x200):
    refused(f"fanotify {flags:#x}", syscall, "fanotify_init", flags, 0)
refused("quotactl", syscall, "quotactl", 0x800001 << 8, b"/dev/vda", 0, 0)
refused("quotactl_fd", syscall, "quotactl_fd", 0, 0x800001 << 8, 0, 0)
