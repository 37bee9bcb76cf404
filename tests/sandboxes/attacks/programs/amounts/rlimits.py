"""
item = "rlimits"
tries = "raising each limit of its own, and setting another process's"
safe = "refused; the limits are what was promised"
"""

import ctypes
import resource

from trying import judge, outside, refused, syscall

limits = outside()["limits"]
promised = {
    "FSIZE": limits["file_bytes"],
    "NOFILE": limits["open_files"],
    "MEMLOCK": 0,
    "MSGQUEUE": 0,
    "RTPRIO": 0,
    "NICE": 0,
    "DATA": max(2 * limits["memory_bytes"], 512 << 20),
    "NPROC": resource.getrlimit(resource.RLIMIT_NPROC)[1],
}
for name, value in promised.items():
    number = getattr(resource, f"RLIMIT_{name}")
    judge(resource.getrlimit(number) == (value, value), name, resource.getrlimit(number))
    for wanted in (value + 1, resource.RLIM_INFINITY):
        more = (ctypes.c_long * 2)(wanted, wanted)
        refused(f"{name} to {wanted}", syscall, "prlimit64", 0, number, ctypes.addressof(more), 0)
