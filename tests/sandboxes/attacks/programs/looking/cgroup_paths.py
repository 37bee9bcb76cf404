"""
item = "cgroups"
tries = "the names of its control groups, which can name a container, a user or a service of the machine"
safe = "nothing but `/`"
"""

from trying import judge, text

for line in text("/proc/self/cgroup").splitlines():
    judge(line.split(":", 2)[2] == "/", line)
for line in text("/proc/1/cgroup").splitlines():
    judge(line.split(":", 2)[2] == "/", line)
