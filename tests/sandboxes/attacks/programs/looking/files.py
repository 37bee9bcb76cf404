"""
item = "host files"
tries = "a file of the framework, its package, homes, keys, password files, the machine's logs and settings"
safe = "there is no such file, or it is empty or not the machine's"
"""

import os
import pwd

from trying import digest, judge, outside

facts = outside()
for path in (
    facts["file"],
    facts["package"],
    facts["home"] + "/.ssh",
    "/etc/sudoers",
    "/run/secrets",
    "/var/run/secrets",
):
    judge(not os.path.lexists(path), path)
for path, theirs in facts["digests"].items():
    judge(digest(path) != theirs, f"{path} of the machine")
judge(os.listdir("/home") == ["slipway"], "homes", os.listdir("/home"))
judge(os.listdir(os.environ["HOME"]) == [], "its own home is empty")
users = {user.pw_name for user in pwd.getpwall()}
judge({"slipway"} <= users, "its own user")
judge(facts["user"] in ("root", "slipway", "nobody") or facts["user"] not in users, "the framework's user")
