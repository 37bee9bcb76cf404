"""
item = "kernel memory"
tries = "inotify: a watch on every file that there is, and an event queue that nobody reads"
safe = "bounded by the limits on files; the queue ends at its size"
"""

import os

from trying import judge, libc, outside, text

watcher = libc.inotify_init1(0o4000)
watches = 0
for folder, _, _ in os.walk("/usr"):
    if libc.inotify_add_watch(watcher, os.fsencode(folder), 0xFFF) < 0:
        break
    watches += 1
    if watches >= 5000:
        break
for number in range(200_000):
    os.utime("attack.py", (number, number))
got = len(os.read(watcher, 1 << 24))
queue = int(text("/proc/sys/fs/inotify/max_queued_events") or 16384)
judge(got <= queue * 300, "a queue that nobody read", got)
judge(watches <= 5000, "watches", watches)
judge(bool(outside()), "the sandbox goes on")
