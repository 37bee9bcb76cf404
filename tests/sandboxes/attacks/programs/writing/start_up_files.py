"""
item = "planted start-up files"
tries = "files that Python, shells, git and pip read when they start, in every place that may be written"
safe = "an interpreter that is started with -I, as the framework's are, reads none of them"
"""

import os
import subprocess
import sys
from pathlib import Path

from trying import judge

home = Path(os.environ["HOME"])
site = home / f".local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
site.mkdir(parents=True)
trap = "import os; os.write(1, b'TRAP')\n"
for path in (site / "usercustomize.py", site / "sitecustomize.py", Path("sitecustomize.py"), Path("json.py"),
             Path("hashlib.py"), Path("encodings.py"), home / ".pythonrc.py"):  # fmt: skip
    path.write_text(trap)
(site / "trap.pth").write_text(trap)
for name in (".bashrc", ".profile", ".bash_profile", ".zshrc", ".shrc"):
    (home / name).write_text("echo TRAP\n")
quiet = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
commands = {
    "python -I": [sys.executable, "-I", "-c", "import json, hashlib; print('clean')"],
    "python -I -S": [sys.executable, "-I", "-S", "-c", "import json, hashlib; print('clean')"],
    "sh -c": ["/bin/sh", "-c", "echo clean"],
}
for name, command in commands.items():
    judge(subprocess.check_output(command, env=quiet) == b"clean\n", name)
