"""
item = "ptrace and kill of the agent"
tries = "the lowest priority for every process of its user, of which the agent is one"
safe = "the agent keeps its own"
fresh = true
"""

import os

from trying import judge

try:
    os.setpriority(os.PRIO_USER, 0, 19)
except OSError as error:
    judge(True, "refused", error.strerror)
judge(os.getpriority(os.PRIO_PROCESS, 1) == 0, "the agent's", os.getpriority(os.PRIO_PROCESS, 1))
