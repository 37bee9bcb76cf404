"""
item = "rlimits"
tries = "lowering the agent's limits, which have the same owner: open files, processes, processor time, file size"
safe = "refused, or the next command would not start"
fresh = true
"""

import resource

from trying import judge, refused

for name in ("NOFILE", "NPROC", "FSIZE", "CPU", "DATA", "AS", "STACK", "SIGPENDING"):
    number = getattr(resource, f"RLIMIT_{name}")
    before = resource.getrlimit(number)
    refused(f"the agent's {name}", resource.prlimit, 1, number, before)
    judge(resource.getrlimit(number) == before, f"its own {name}", before)
