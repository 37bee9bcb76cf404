"""
item = "host files"
tries = "programs and libraries, for one that may be written: by its path, by /proc/self/exe, through a mapping"
safe = "none; all are read-only"
"""

import mmap
import os
import sys

from trying import judge, refused

found = []
for folder, _, names in os.walk("/usr/bin"):
    found += [name for name in names if os.access(os.path.join(folder, name), os.W_OK)]
for folder, _, names in os.walk("/usr/lib"):
    found += [name for name in names if name.endswith((".so", ".py")) and os.access(f"{folder}/{name}", os.W_OK)]
judge(not found, "files that may be written", found[:5])
interpreter = os.path.realpath(sys.executable)
for path in ("/proc/self/exe", "/proc/1/exe", interpreter, os.__file__, "/etc/ld.so.preload", "/etc/ld.so.cache"):
    judge(not os.access(path, os.W_OK), path)
with open(interpreter, "rb") as file:
    refused("a mapping to write to", lambda: mmap.mmap(file.fileno(), 4096, mmap.MAP_SHARED, mmap.PROT_WRITE))
refused("its times", os.utime, interpreter)
refused("its mode", os.chmod, interpreter, 0o777)
refused("a link to it", os.link, interpreter, "/workspace/linked")
