"""
item = "bpf"
tries = "programs in the kernel: every command of bpf(2); counters and probes of perf"
safe = "refused"
"""

import ctypes

from trying import refused, syscall

attributes = ctypes.create_string_buffer(128)
for command in range(38):
    refused(f"bpf {command}", syscall, "bpf", command, ctypes.addressof(attributes), 128)
for kind in range(6):
    attributes = ctypes.create_string_buffer(kind.to_bytes(4, "little") + (128).to_bytes(4, "little"), 128)
    refused(f"perf {kind}", syscall, "perf_event_open", ctypes.addressof(attributes), 0, -1, -1, 0)
    refused(f"perf {kind} of everybody", syscall, "perf_event_open", ctypes.addressof(attributes), -1, 0, -1, 0)
