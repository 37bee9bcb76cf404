"""
item = "fork bomb"
tries = "`:(){ :|:& };:` in a shell, which execs and pipes"
safe = "ends at its timeout or because of the limit on processes; a shell that gives up by itself leaves nothing either"
timeout = 1.0
ends = ["timeout", 137, 2, 254, 0]
"""

import os
import sys

sys.stdout.write("held the shell begins\n")
sys.stdout.flush()
os.execv("/bin/sh", ["sh", "-c", "b() { b | b & }; b; sleep 60"])
