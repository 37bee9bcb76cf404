"""
item = "/proc and /sys leaks"
tries = "addresses of the kernel: kallsyms, modules, iomem, network tables, stacks, wchan"
safe = "zeros, or nothing"
"""

import os
import re

from trying import judge, text

files = ("kallsyms", "modules", "iomem", "ioports", "net/unix", "net/tcp", "net/packet", "net/netlink", "timer_list",
         "1/stack", "self/stack", "1/wchan", "vmallocinfo", "slabinfo", "1/syscall")  # fmt: skip
for name in files:
    found = re.findall(r"\bf{4}[0-9a-f]{12}\b", text(f"/proc/{name}"))
    judge(not found, name, found[:2])
lines = text("/proc/kallsyms").splitlines()
judge(all(line.startswith("0" * 16) for line in lines), "addresses of symbols", len(lines))
regions = [line.split()[0] for line in text("/proc/iomem").splitlines()]
judge(set(regions) <= {"00000000-00000000"}, "addresses of memory", regions[:2])
judge(not os.access("/sys/kernel/debug", os.R_OK) or not os.listdir("/sys/kernel/debug"), "debugfs")
judge(not os.access("/sys/kernel/tracing", os.R_OK) or not os.listdir("/sys/kernel/tracing"), "tracefs")
