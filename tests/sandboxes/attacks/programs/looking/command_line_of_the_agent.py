"""
item = "host processes"
tries = "the agent's own command line and name, which everybody may read"
safe = "nothing of the machine in it"
"""

from trying import judge, outside, status, text

facts = outside()
line = text("/proc/1/cmdline")
judge(bool(line), "a command line")
for what, name in facts["names"].items():
    judge(name not in line, what)
judge(facts["home"] + "/" not in line.replace(facts["interpreter"], ""), "the framework's home")
judge(status(1)["Name"].startswith("python"), "its name", status(1)["Name"])
