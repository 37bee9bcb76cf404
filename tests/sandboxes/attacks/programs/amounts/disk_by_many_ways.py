"""
item = "disk and inode fill"
tries = "space taken by fallocate, by a mapping, by unlinked files that stay open, by punching and refilling holes"
safe = "it is the same space, with the same end"
"""

import mmap
import os
import signal

from trying import ended, judge, outside, refused

limit = outside()["limits"]["workspace_bytes"]
file = os.open("allocated", os.O_RDWR | os.O_CREAT)
refused("fallocate", os.posix_fallocate, file, 0, 2 * limit)
os.unlink("allocated")


def unlinked() -> None:
    size = 0
    try:
        while size < 4 * limit:
            file = os.open("gone", os.O_RDWR | os.O_CREAT)
            os.unlink("gone")
            size += os.write(file, bytes(1 << 20))
    except OSError:
        pass
    judge(size <= limit, "files that have no name", size)


def mapped() -> None:
    with open("mapped", "w+b") as file:
        file.truncate(4 * limit)
        view = mmap.mmap(file.fileno(), 0)
        for at in range(0, len(view), 4096):
            view[at]


ended(unlinked)
judge(ended(mapped) == -signal.SIGBUS, "holes that are read through a mapping")
