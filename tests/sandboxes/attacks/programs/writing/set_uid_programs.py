"""
item = "set-uid"
tries = "set-uid programs, those that are there and one of its own"
safe = "they mean nothing: each mount says nosuid, or none is there, and no program can gain privileges"
"""

import os
import shutil
import stat
import subprocess

from trying import judge, status

options = {line.split()[1]: line.split()[3].split(",") for line in open("/proc/self/mounts")}
found = []
for folder, folders, names in os.walk("/"):
    if folder == "/":
        folders[:] = [name for name in folders if name not in ("proc", "sys")]
    for name in names:
        path = os.path.join(folder, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
            found.append(path)
safe = [place for place, words in options.items() if "nosuid" in words]
for path in found:
    mount = max((place for place in options if path.startswith(place)), key=len)
    judge(mount in safe, path)
judge(status()["NoNewPrivs"] == "1", "no new privileges")
shutil.copy("/usr/bin/id", "/tmp/own")
os.chmod("/tmp/own", 0o6755)
judge(subprocess.check_output(["/tmp/own", "-u"]) == b"10001\n", "its own")
for program in ("su", "sudo", "mount", "newgrp", "chsh", "pkexec", "fusermount3", "newuidmap"):
    path = shutil.which(program)
    if path is not None:
        done = subprocess.run([path, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=5)
        judge(b"uid=0" not in done.stdout, program, done.returncode)
