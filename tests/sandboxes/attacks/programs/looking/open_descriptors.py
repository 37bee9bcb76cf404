"""
item = "forged frames"
tries = "descriptors that were left open for it: the agent's channel, files and folders of the machine"
safe = "stdin, stdout and stderr, which are pipes"
"""

import os
import stat

from trying import judge

open_ones = sorted(int(name) for name in os.listdir("/proc/self/fd"))
judge(open_ones == [0, 1, 2, 3], "descriptors (3 is the listing)", open_ones)
for descriptor in range(3):
    judge(stat.S_ISFIFO(os.fstat(descriptor).st_mode), f"{descriptor} is a pipe")
