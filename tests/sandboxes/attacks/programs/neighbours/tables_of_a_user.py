"""
item = "another sandbox"
tries = "as many inotify instances as there can be"
safe = "bounded; whether the other keeps its own, test_neighbours.py asks"
"""

import resource

from trying import judge, libc

made = 0
while made < 1000 and libc.inotify_init() >= 0:
    made += 1
judge(made < 1000, "inotify instances", made)
judge(resource.getrlimit(resource.RLIMIT_SIGPENDING)[1] > 0, "signals")
