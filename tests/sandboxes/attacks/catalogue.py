"""The list of attacks, read from the attacks themselves.

A program of `programs/` and a test that makes an attack from outside say in their docstring, in TOML, what they try and
what the safe outcome is. `python tests/sandboxes/attacks/catalogue.py` writes `docs/attacks.md` from that.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PAGE = ROOT / "docs" / "attacks.md"

ITEMS = (
    "fork bomb", "memory bombs", "kernel memory", "disk and inode fill", "cpu spin", "endless and 100 MB-line output",
    "setsid and daemons past a timeout", "ignored signals", "nothing after stop", "framework killed", "huge argv",
    "fd exhaustion", "core dumps", "keyrings", "SysV IPC", "sparse giants", "3,000 nested directories", "host files",
    "host environment", "host processes", "control sockets", "/proc and /sys writes", "/proc and /sys leaks",
    "devices", "set-uid", "ptrace and kill of the agent", "forged frames", "mount", "namespaces", "capabilities",
    "io_uring", "bpf", "clock", "chroot", "cgroups", "rlimits", "other system calls", "planted start-up files",
    "routes to the internet", "metadata", "LAN", "host services", "DNS", "raw sockets", "abstract sockets",
    "another sandbox", "escape sequences", "non-UTF-8", "links and swaps under read and write",
    "FIFOs and devices as files", "evil names", "evil archives and bombs", "git hooks on the host",
    "forged test results", "files that run by themselves in an export", "hostile agent frames",
    "ways round the egress allow-list",
)  # fmt: skip
"""What must be tried; each of them by one attack at least."""


@dataclass(frozen=True)
class Attack:
    """One attack, as its docstring has it."""

    place: str
    """Where it is, relative to this folder."""
    item: str
    """One of `ITEMS`."""
    tries: str
    safe: str
    """The one outcome that is right."""
    timeout: float = 60.0
    """Seconds that the program gets."""
    ends: Sequence[int | str] = (0,)
    """How the program may end: exit statuses, `timeout`, or `gone` where it may take the sandbox along."""
    says: str = ""
    """What its stderr must hold where it was killed: the reason that the sandbox gives."""
    cap: str = ""
    """The name in `Caps.enforced` that this stands and falls with: where it is missing, the attack must get through."""
    by: str = ""
    """A word in what `Caps.enforced` says of `cap`: enforced in another way, the attack must get through as well."""
    sure: bool = True
    """Whether it gets through wherever it is not stopped, however busy the machine is."""
    memory_mib: int = 0
    """Needs a sandbox with this much memory, so that it is quick."""
    fresh: bool = False
    """Needs a sandbox that nobody uses afterwards."""
    known: dict[str, str] = field(default_factory=dict[str, str])
    """Backend -> why it is known to get through there."""


def programs() -> list[Attack]:
    """Every program that is run in a sandbox."""
    found: list[Attack] = []
    for path in sorted((HERE / "programs").glob("*/*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        found.append(_attack(str(path.relative_to(HERE)), docstring or ""))
    return found


def from_outside() -> list[Attack]:
    """Every test of this folder that is an attack itself."""
    found: list[Attack] = []
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name.startswith("test_"):
                docstring = ast.get_docstring(node) or ""
                if docstring.startswith("item = "):
                    found.append(_attack(f"{path.name}::{node.name}", docstring))
    return found


def elsewhere() -> list[Attack]:
    """Attacks on one part alone, which stand with the tests of that part."""
    listed = tomllib.loads((HERE / "elsewhere.toml").read_text(encoding="utf-8"))
    return [Attack(**entry) for entry in listed["attack"]]


def every_attack() -> list[Attack]:
    """All of them, in the order of `ITEMS`."""
    return sorted([*programs(), *from_outside(), *elsewhere()], key=lambda attack: ITEMS.index(attack.item))


def _attack(place: str, header: str) -> Attack:
    try:
        return Attack(place, **tomllib.loads(header))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ValueError(f"{place}: its docstring is no header of an attack: {error}") from error


def page() -> str:
    """The text of `docs/attacks.md`."""
    return "\n".join(_lines(every_attack())) + "\n"


def _lines(attacks: Sequence[Attack]) -> Iterator[str]:
    yield "# What is tried against a sandbox"
    yield ""
    yield "Written by `python tests/sandboxes/attacks/catalogue.py` from the attacks; a test keeps it in step. Where a"
    yield "path does not begin with `tests`, it is in `tests/sandboxes/attacks`, and runs on every backend; then the"
    yield f"sandbox has to answer, and nothing of the attack may be left in it. There are {len(attacks)}."
    for item in ITEMS:
        yield from ("", f"## {item[0].upper()}{item[1:]}", "", "| tried | safe outcome | where |", "|---|---|---|")
        for attack in attacks:
            if attack.item == item:
                cells = (attack.tries, _outcome(attack), f"`{attack.place}`")
                yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _outcome(attack: Attack) -> str:
    how = f" ({attack.by})" if attack.by else ""
    condition = f" Needs `{attack.cap}`{how} in `caps`; gets through without it." if attack.cap else ""
    known = "".join(f" **Not held by {backend}**: {why}." for backend, why in attack.known.items())
    return f"{attack.safe}.{condition}{known}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
