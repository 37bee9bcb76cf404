"""
item = "fd exhaustion"
tries = "as many open files as there can be"
safe = "EMFILE at the limit"
"""

import errno
import os

from trying import judge, outside

limit = outside()["limits"]["open_files"]
made = 3
try:
    while made <= 4 * limit:
        os.open("/dev/null", os.O_RDONLY)
        made += 1
except OSError as error:
    judge(error.errno == errno.EMFILE, "refused", error.strerror)
judge(made == limit, "open files", made)
