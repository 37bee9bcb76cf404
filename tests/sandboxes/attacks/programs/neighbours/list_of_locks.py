"""
item = "another sandbox"
tries = "/proc/locks, which lists locks that belong to an open file whoever has it open"
safe = "empty, or not readable"
"""

from trying import judge, text

judge(text("/proc/locks").strip() == "", "locks listed", text("/proc/locks")[:200])
