"""
item = "capabilities"
tries = "who it is: ids, groups, capabilities, filter, security of new programs"
safe = "10001, no other group, no capability of any kind, a filter, no new privileges"
"""

import os

from trying import judge, status

own = status()
judge(os.getresuid() == (10001,) * 3 and os.getresgid() == (10001,) * 3, "ids", os.getresuid())
judge(os.getgroups() in ([], [10001]), "groups", os.getgroups())
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    judge(int(own[name], 16) == 0, name, own[name])
judge(own["Seccomp"] == "2", "a filter", own["Seccomp"])
judge(own["NoNewPrivs"] == "1", "no new privileges")
