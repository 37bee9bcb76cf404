"""
item = "devices"
tries = "every device that is there"
safe = "only those that carry nothing: null, zero, full, random, urandom, tty and terminals of its own"
"""

import os
import stat

from trying import judge

harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
for folder, _, names in os.walk("/dev"):
    for name in names:
        mode = os.lstat(os.path.join(folder, name)).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            judge(name in harmless and stat.S_ISCHR(mode), os.path.join(folder, name))
judge(os.listdir("/dev/pts") == ["ptmx"], "terminals", os.listdir("/dev/pts"))
