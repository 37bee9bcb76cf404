"""
item = "memory bombs"
tries = "memory behind descriptors that belongs to no file system and no process"
safe = "there is no such call here"
"""

import errno

from trying import refused, syscall

for flags in (0, 1, 2, 4, 0x10):
    refused(f"memfd_create {flags:#x}", syscall, "memfd_create", b"x", flags, by={errno.ENOSYS})
refused("memfd_secret", syscall, "memfd_secret", 0, by={errno.ENOSYS})
