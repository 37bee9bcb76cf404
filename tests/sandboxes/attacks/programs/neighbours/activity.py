"""
item = "another sandbox"
tries = "inotify on files that both see, which tells what the other opens"
safe = "nothing is heard"
cap = "own_files"
"""

import os
import time

from trying import judge, libc

watcher = libc.inotify_init1(0o4000)
libc.inotify_add_watch(watcher, b"/usr/share", 0xFFF)
time.sleep(0.3)
try:
    heard = os.read(watcher, 1 << 16)
except BlockingIOError:
    heard = b""
judge(not heard, "events of another sandbox", len(heard))
