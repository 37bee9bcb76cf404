"""
item = "core dumps"
tries = "a crash where the machine pipes core dumps to a program of root's, which Linux starts for a limit of 0, too"
safe = "a limit of 1, the one value for which Linux starts no helper"
"""

import resource

from trying import judge

judge(resource.getrlimit(resource.RLIMIT_CORE) == (1, 1), "RLIMIT_CORE", resource.getrlimit(resource.RLIMIT_CORE))
