"""
item = "3,000 nested directories"
tries = "folders in folders, past the longest path that the kernel takes"
safe = "the workspace can be listed, copied and emptied as before"
ends = [0, 137]
"""

import os

from trying import held

for _ in range(1900):
    os.mkdir("d")
    os.chdir("d")
open("file", "w").close()
held("1,900 folders deep; the limit on files is 2,000")
