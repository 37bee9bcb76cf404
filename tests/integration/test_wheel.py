"""What is installed is what is in the repository: a forgotten package or data file shows only at users' places."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = ("tests/", "docs/", "benchmarks/", ".")
AT_THE_ROOT = {"__init__.py", "__main__.py", "py.typed"}


def test_the_wheel_holds_what_the_repository_holds(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
    expected = {
        f"slipway/{name}" for name in names if not name.startswith(NOT_SHIPPED) and ("/" in name or name in AT_THE_ROOT)
    }
    # Built from a copy: a build leaves files in its source tree.
    source = tmp_path / "source"
    for name in names:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (ROOT / name).is_symlink():
            target.write_bytes((ROOT / name).read_bytes())
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    [wheel] = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("slipway/")}
    assert packed == expected
