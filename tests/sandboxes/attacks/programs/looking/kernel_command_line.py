"""
item = "/proc and /sys leaks"
tries = "/proc/cmdline: addresses, tokens and host names that the machine was started with"
safe = "empty, or not readable"
"""

from trying import judge, text

judge(text("/proc/cmdline").strip() == "", "the kernel's command line", len(text("/proc/cmdline")))
