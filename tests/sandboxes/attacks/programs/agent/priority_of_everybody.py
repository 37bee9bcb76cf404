"""
item = "ptrace and kill of the agent"
tries = "the lowest priority for every process of its user, of which the agent is one"
safe = "the agent keeps its own"
fresh = true
"""

import os

from trying import judge

before = os.getpriority(os.PRIO_PROCESS, 1)
try:
    os.setpriority(os.PRIO_USER, 0, 19)
except OSError as error:
    judge(True, "refused", error.strerror)
now = os.getpriority(os.PRIO_PROCESS, 1)
judge(now == before, "the agent's", f"{now}, before {before}")
