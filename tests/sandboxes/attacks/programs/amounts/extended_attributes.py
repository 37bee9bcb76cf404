"""
item = "disk and inode fill"
tries = "extended attributes, in which a tmpfs keeps bytes beside its size"
safe = "refused, or they count as inodes do"
ends = [137, 0]
"""

import os

from trying import judge, pause

taken = 0
try:
    for number in range(5000):
        name = f"f{number % 1500}"
        open(name, "a").close()
        os.setxattr(name, f"user.a{number}", b"x" * 60000)
        taken += 60000
except OSError as error:
    print("held", "refused", error.strerror)
pause(0.2)
judge(taken <= 130 << 20, "bytes in attributes", taken)
