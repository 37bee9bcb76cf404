"""
item = "another sandbox"
tries = "files of another sandbox in the places that both have"
safe = "each has its own"
"""

import os

from trying import judge

for place in ("/tmp", "/dev/shm", "/workspace", os.environ["HOME"]):
    judge([name for name in os.listdir(place) if "victim" in name] == [], place)
