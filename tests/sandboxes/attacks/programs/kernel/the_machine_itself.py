"""
item = "other system calls"
tries = "another kernel, modules, swap, accounting, the machine's name, its ports, with arguments that do no harm"
safe = "refused"
"""

import errno

from trying import refused, syscall

refused("reboot", syscall, "reboot", 0, 0, 0, 0)
refused("kexec_load", syscall, "kexec_load", 0, 1 << 40, 0, 0, by={errno.EPERM, errno.ENOSYS})
refused("kexec_file_load", syscall, "kexec_file_load", -1, -1, 0, 0, 1 << 20, by={errno.EPERM, errno.ENOSYS})
refused("init_module", syscall, "init_module", 0, 0, b"", by={errno.EPERM, errno.ENOSYS})
refused("finit_module", syscall, "finit_module", -1, b"", 0, by={errno.EPERM, errno.ENOSYS})
refused("delete_module", syscall, "delete_module", b"no such module", 0, by={errno.EPERM, errno.ENOSYS})
refused("swapon", syscall, "swapon", b"/nowhere", 0, by={errno.EPERM, errno.ENOSYS})
refused("swapoff", syscall, "swapoff", b"/nowhere", by={errno.EPERM, errno.ENOSYS})
refused("acct", syscall, "acct", b"/nowhere", by={errno.EPERM, errno.ENOSYS})
refused("sethostname", syscall, "sethostname", b"", -1, by={errno.EPERM, errno.ENOSYS})
refused("setdomainname", syscall, "setdomainname", b"", -1, by={errno.EPERM, errno.ENOSYS})
refused("vhangup", syscall, "vhangup", by={errno.EPERM, errno.ENOSYS})
refused("iopl", syscall, "iopl", 3, by={errno.EPERM, errno.ENOSYS})
refused("ioperm", syscall, "ioperm", 0x80, 1, 1, by={errno.EPERM, errno.ENOSYS})
refused("modify_ldt", syscall, "modify_ldt", 0, 0, 0, by={errno.EPERM, errno.ENOSYS})
refused("uselib", syscall, "uselib", b"/nowhere", by={errno.EPERM, errno.ENOSYS})
refused("lookup_dcookie", syscall, "lookup_dcookie", 0, 0, 0, by={errno.EPERM, errno.ENOSYS})
