"""
item = "kernel memory"
tries = "pseudo terminals without end: their number is limited for the whole machine"
safe = "few, so that other sandboxes and the machine keep theirs"
cap = "terminals"
"""

import os

from trying import judge

held = []
try:
    while len(held) < 200:
        held.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
except OSError:
    pass
judge(len(held) < 200, "terminals", len(held))
