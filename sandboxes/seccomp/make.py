"""Makes `calls.py` from the kernel's headers, when run: `python sandboxes/seccomp/make.py`.

Needs a C compiler and the headers as Debian lays them out for x86_64 (`linux-libc-dev`). They hold both machines'
tables, since aarch64 uses the generic one. Any since Linux 5.17 give the same file: what came later is left out.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
NEWEST = 450
"""Linux 5.17, up to which libseccomp 2.5.4 knows the names: newer ones would not be answered alike everywhere."""
_AARCH64 = ("RENAMEAT", "NEW_STAT", "SET_GET_RLIMIT", "TIME32_SYSCALLS", "SYS_CLONE3", "MEMFD_SECRET")
"""What arch/arm64/include/uapi/asm/unistd.h asks the generic table for."""
_NOT_CALLS = {"syscalls", "arch_specific_syscall", "uretprobe", "uprobe"}
"""The last two are the kernel's own trampolines, which it passes around every filter."""
_HEAD = '''"""The numbers of the system calls; made by `make.py`, not by hand."""

from __future__ import annotations

from typing import Final

'''


def read_numbers(machine: str) -> dict[str, int]:
    """Every call that this machine's headers have for `machine`. Blocks; OSError, or what the compiler said, where
    compiler or headers are missing."""
    wanted = [f"-D__ARCH_WANT_{name}" for name in _AARCH64] if machine == "aarch64" else []
    header = HEADERS[machine].read_text(encoding="ascii")
    command = ["cc", "-E", "-dM", *wanted, "-x", "c", "-"]
    listed = subprocess.run(command, input=header, capture_output=True, text=True, check=True).stdout
    macros = dict(re.findall(r"^#define (__NR\w+) (\w+)$", listed, re.MULTILINE))
    named = {name.removeprefix("__NR_"): value for name, value in macros.items() if name.startswith("__NR_")}
    return {name: int(macros.get(value, value)) for name, value in named.items() if name not in _NOT_CALLS}


def table() -> dict[str, dict[str, int]]:
    """The numbers up to `NEWEST` for every machine, in their order."""
    found = {machine: read_numbers(machine) for machine in HEADERS}
    return {
        machine: {name: number for name, number in sorted(numbers.items(), key=_number) if number <= NEWEST}
        for machine, numbers in found.items()
    }


def text() -> str:
    """The source of `calls.py`."""
    return f"{_HEAD}NEWEST: Final = {NEWEST}\nNUMBERS: Final[dict[str, dict[str, int]]] = {{\n{_lines()}}}\n"


def _lines() -> str:
    parts: list[str] = []
    for machine, numbers in table().items():
        rows = "".join(f'        "{name}": {number},\n' for name, number in numbers.items())
        parts.append(f'    "{machine}": {{\n{rows}    }},\n')
    return "".join(parts)


def _number(entry: tuple[str, int]) -> int:
    return entry[1]


if __name__ == "__main__":
    Path(__file__).with_name("calls.py").write_text(text(), encoding="ascii")
