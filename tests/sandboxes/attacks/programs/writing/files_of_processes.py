"""
item = "/proc and /sys writes"
tries = "the agent's files in /proc: its memory, its score for the OOM killer, its name, its limits, its maps of ids"
safe = "none may be written"
"""

import os

from trying import refused


def write(path: str, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, data)
    finally:
        os.close(file)


names = ("mem", "oom_score_adj", "oom_adj", "comm", "clear_refs", "coredump_filter", "timerslack_ns", "uid_map",
         "gid_map", "setgroups", "projid_map", "attr/current", "attr/exec", "loginuid", "autogroup", "sched",
         "make-it-fail", "fail-nth", "timens_offsets", "exe", "fd/0", "fd/1", "fd/3")  # fmt: skip
for name in names:
    for path in (f"/proc/1/{name}", f"/proc/1/task/1/{name}"):
        refused(path, write, path, b"0")
for name in ("uid_map", "gid_map"):
    refused(f"/proc/self/{name}", write, f"/proc/self/{name}", b"0 0 1")
