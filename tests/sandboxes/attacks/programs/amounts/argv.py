"""
item = "huge argv"
tries = "arguments and variables of many megabytes for the next program"
safe = "E2BIG"
"""

import errno
import os

from trying import refused

word = "x" * 100_000
refused("one long argument", os.execv, "/bin/true", ["true", "x" * 200_000], by={errno.E2BIG})
refused("many arguments", os.execv, "/bin/true", ["true", *[word] * 100], by={errno.E2BIG})
refused("many variables", os.execve, "/bin/true", ["true"], {f"V{n}": word for n in range(100)}, by={errno.E2BIG})
