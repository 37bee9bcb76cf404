"""
item = "memory bombs"
tries = "one process that takes and touches memory without end"
safe = "killed, with the reason, or MemoryError at its own limit"
ends = [137, 1]
says = "of memory"
"""

held = []
while True:
    held.append(bytearray(b"x" * (8 << 20)))
