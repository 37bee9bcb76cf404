"""
item = "/proc and /sys leaks"
tries = "files of /proc and /sys about the machine: memory, messages, keys, timers, page flags, serial numbers"
safe = "not readable, or empty"
"""

import os

from trying import judge

files = (
    "/proc/kcore", "/proc/kmsg", "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup", "/proc/vmallocinfo",
    "/proc/slabinfo", "/proc/timer_list", "/proc/sched_debug", "/proc/sysrq-trigger", "/proc/acpi/wakeup",
    "/proc/scsi/scsi", "/proc/1/environ", "/proc/1/mem", "/proc/1/maps", "/proc/1/auxv", "/proc/1/io",
    "/proc/1/pagemap", "/proc/1/smaps", "/proc/1/syscall", "/proc/1/stack", "/proc/1/personality",
    "/sys/firmware/dmi/tables/DMI", "/sys/class/dmi/id/product_uuid", "/sys/class/dmi/id/product_serial",
    "/sys/kernel/security/lockdown", "/sys/firmware/efi/efivars", "/sys/fs/pstore", "/dev/kmsg", "/dev/mem",
)  # fmt: skip
for path in files:
    try:
        if os.path.isdir(path):
            judge(os.listdir(path) == [], path)
        else:
            with open(path, "rb") as file:
                judge(file.read(64) == b"", path, "readable")
    except OSError as error:
        judge(True, path, error.strerror)
