"""
item = "other system calls"
tries = "userfaultfd, with which a page fault of the kernel's can be held up"
safe = "there is no such call here"
"""

import errno
import os

from trying import refused, syscall

for flags in (0, 1, os.O_NONBLOCK, 1 | os.O_NONBLOCK | os.O_CLOEXEC):
    refused(f"userfaultfd {flags:#x}", syscall, "userfaultfd", flags, by={errno.ENOSYS})
