"""
item = "keyrings"
tries = "keys of the kernel's keyrings: its session's, its user's, everybody's"
safe = "no call reaches one, and none is listed"
"""

from trying import judge, refused, syscall, text

refused("add_key", syscall, "add_key", b"user", b"name", b"value", 5, -4)
refused("request_key", syscall, "request_key", b"user", b"name", 0, 0)
for keyring in (-1, -2, -3, -4, -5, -8):
    refused(f"keyring {keyring}", syscall, "keyctl", 0, keyring, 1)
    refused(f"read {keyring}", syscall, "keyctl", 11, keyring, 0, 0)
refused("join a session", syscall, "keyctl", 1, b"other")
refused("a persistent keyring", syscall, "keyctl", 22, -1, -3)
judge(text("/proc/keys").strip() == "", "keys listed", text("/proc/keys")[:200])
