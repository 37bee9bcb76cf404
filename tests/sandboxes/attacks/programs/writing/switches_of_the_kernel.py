"""
item = "/proc and /sys writes"
tries = "every file of /proc/sys and /sys and the triggers beside them, asked with access(2)"
safe = "none may be written"
"""

import os
import stat

from trying import judge

found, looked = [], 0
for root in ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/tty", "/proc/acpi", "/proc/driver", "/sys"):
    for folder, _, files in os.walk(root):
        for name in files:
            path = os.path.join(folder, name)
            looked += 1
            if not os.path.islink(path) and os.access(path, os.W_OK):
                found.append(path)
for path in ("/proc/sysrq-trigger", "/proc/kcore", "/proc/mtrr", "/proc/timer_list", "/proc/latency_stats",
             "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sys/kernel/modprobe",
             "/proc/sys/fs/binfmt_misc/register", "/sys/kernel/uevent_helper", "/sys/power/state"):  # fmt: skip
    hidden = os.path.exists(path) and stat.S_ISCHR(os.stat(path).st_mode)  # by /dev/null
    judge(hidden or not os.access(path, os.W_OK), path)
judge(not found, "files that may be written", found[:5])
judge(looked > 0, "files asked", looked)
