"""
item = "disk and inode fill"
tries = "a file without end in each place that is writable"
safe = "no space left at the size of that place"
"""

import os

from trying import judge, outside

sizes = {
    ".": outside()["limits"]["workspace_bytes"],
    "/tmp": 128 << 20,
    "/dev/shm": 64 << 20,
    os.environ["HOME"]: 64 << 20,
}
for place, limit in sizes.items():
    size = 0
    with open(f"{place}/big", "wb", buffering=0) as file:
        try:
            while size < 1 << 30:
                size += file.write(bytes(1 << 20))
        except OSError:
            pass
    os.unlink(f"{place}/big")
    judge(limit // 2 < size <= limit, f"bytes in {place}", size)
