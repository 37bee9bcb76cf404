"""
item = "host environment"
tries = "the environment of every process that can be seen"
safe = "nothing of the framework's; the command's own has five variables"
"""

import os

from trying import judge, outside

USUAL = {"PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PWD", "LC_CTYPE"}
judge(set(os.environ) <= USUAL, "variables", sorted(set(os.environ) - USUAL))
for name in os.listdir("/proc"):
    if name.isdigit():
        try:
            with open(f"/proc/{name}/environ") as file:
                judge(outside()["secret"] not in file.read(), f"the environment of {name}")
        except OSError as error:
            judge(name == "1", f"the environment of {name}", error.strerror)
