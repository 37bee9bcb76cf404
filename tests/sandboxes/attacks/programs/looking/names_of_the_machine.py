"""
item = "/proc and /sys leaks"
tries = "every readable file of /proc, /sys, /etc and /run for the names of the machine, its user and its framework"
safe = "found nowhere"
"""

import os
import platform
import socket

from trying import judge, outside

facts = outside()
needles = {what: name.encode() for what, name in facts["names"].items()}
judge(socket.gethostname() == "sandbox" == platform.node(), "its own name", platform.node())
looked = 0
for root in ("/proc", "/sys", "/etc", "/run", "/var"):
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in ("task", "map_files", "root", "cwd", "fd", "fdinfo")]
        if folder == "/proc":
            folders[:] = [name for name in folders if not name.isdigit() or name in ("1", str(os.getpid()))]
        for name in files:
            path = os.path.join(folder, name)
            if name in ("kmsg", "trace_pipe", "kcore", "pagemap", "kallsyms", "mem", "auxv", "clear_refs"):
                continue
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
            except OSError:
                continue
            try:
                data = os.read(descriptor, 1 << 18)
            except OSError:
                data = b""
            os.close(descriptor)
            looked += 1
            told = [what for what, needle in needles.items() if needle in data]
            if told:
                judge(False, path, told)
judge(looked > 100, "files looked into", looked)
