"""Libraries to be written from scratch: of a source distribution the README is the request, and its tests decide."""

from __future__ import annotations

import ast
import sys
import tarfile
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from ....config.task import Files
from .base import PYTEST, Draft, Skipped, licence_of, one_line, slug

_MOST_BYTES = 32 << 20
_TESTS = ("tests", "test")
_COMPILED = (".c", ".cc", ".cpp", ".pyx", ".rs", ".f90")


def libraries(source: Path) -> Iterator[Draft | Skipped]:
    """The library of an sdist (`NAME-VERSION.tar.gz`), or those of all in a folder."""
    for archive in sorted(source.glob("*.tar.gz")) if source.is_dir() else [source]:
        try:
            yield _library(archive.name, _unpacked(archive))
        except (tarfile.TarError, EOFError, OSError, ValueError) as error:
            yield Skipped(archive.name, f"it cannot be read: {error}")


def _unpacked(archive: Path) -> dict[str, bytes]:
    """The plain files below the only folder of an archive, in memory."""
    files: dict[str, bytes] = {}
    size = 0
    with tarfile.open(archive, "r:gz") as opened:
        for member in opened:
            parts = PurePosixPath(member.name).parts
            if not member.isfile() or len(parts) < 2 or parts[0] == "/" or ".." in parts:
                continue
            size += member.size
            if size > _MOST_BYTES:
                raise ValueError(f"it holds more than {_MOST_BYTES >> 20} MB")
            taken = opened.extractfile(member)
            files["/".join(parts[1:])] = taken.read() if taken else b""
    return files


def _library(archive: str, files: Mapping[str, bytes]) -> Draft | Skipped:
    about = HeaderParser().parsestr(files.get("PKG-INFO", b"").decode("utf-8", "replace"))
    readme = next((data for path, data in files.items() if path.lower().startswith("readme")), b"").decode("utf-8")
    needs = [each.split(";")[0].strip() for each in about.get_all("Requires-Dist", []) if "extra ==" not in each]
    every = _importable(files)
    package = {path: data for path, data in every.items() if not _is_testing(path)}
    tests = {path: data for path, data in {**files, **every}.items() if _is_testing(path) and path.endswith(".py")}
    usable = {path: data for path, data in tests.items() if not _foreign(data, package)}
    wrong = (
        "it has no PKG-INFO" if not about["Name"]
        else "it has no README" if not readme.strip()
        else f"it depends on {needs[0]}; only libraries that need nothing are imported" if needs
        else "a part of it is compiled; only plain Python is imported" if _is_compiled(files)
        else "it has no package, nor a module" if not package
        else "it has no tests" if not tests
        else f"its tests import {_foreign(next(iter(tests.values())), package)}, which is not there" if not usable
        else ""
    )  # fmt: skip
    if wrong:
        return Skipped(archive, wrong)
    name, version = about["Name"], about["Version"]
    files_of_tests = sorted(path for path in usable if _is_test(path))
    return Draft(
        id=slug(name),
        summary=one_line(about["Summary"] or readme),
        request=f"Write the Python library `{name}`, in {_named(package)}. This is its README.\n\n{readme}",
        licence=licence_of(" ".join(filter(None, [about["License-Expression"], *_told(about)])) or _file(files)),
        source=f"{name} {version}: {archive}",
        reference=package,
        acceptance=usable,
        command=(*PYTEST, *files_of_tests),
        timeout=300.0,
    )


def _told(about: Message) -> list[str]:
    classifiers = [value for key, value in about.items() if key == "Classifier" and value.startswith("License")]
    return [*classifiers, *filter(None, [about.get("License", "")[:200]])]


def _file(files: Files) -> str:
    return next((d.decode("utf-8", "replace") for path, d in files.items() if path.upper().startswith("LICEN")), "")


def _is_testing(path: str) -> bool:
    return not path.startswith("src/") and not {*_TESTS}.isdisjoint(path.split("/")[:-1])


def _importable(files: Files) -> dict[str, bytes]:
    """The library, tests of it included, from `src` or from the top, as it stands beside those who import it."""
    found = {path.removeprefix("src/"): data for path, data in files.items() if path.startswith("src/")}
    if not found:
        packages = {path.split("/")[0] for path in files if path.count("/") == 1 and path.endswith("/__init__.py")}
        packages -= {*_TESTS, "docs", "examples", "benchmarks"}
        modules = {path for path in files if "/" not in path and path.endswith(".py")} - {"setup.py", "conftest.py"}
        found = {path: data for path, data in files.items() if path.split("/")[0] in packages or path in modules}
    return {path: data for path, data in found.items() if ".egg-info" not in path}


def _named(package: Files) -> str:
    return ", ".join(f"`{name}`" for name in sorted({path.split("/")[0] for path in package}))


def _is_compiled(files: Files) -> bool:
    return any(path.endswith(_COMPILED) for path in files if path.split("/")[0] not in ("docs", "examples"))


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")


def _foreign(data: bytes, package: Files) -> str:
    """What a file of tests imports that is not Python's, pytest's, the library's nor the tests' own; "": nothing."""
    known = {*sys.stdlib_module_names, "pytest", "_pytest", *_TESTS, "conftest", "__future__"}
    known |= {path.split("/")[0].removesuffix(".py") for path in package}
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return "what cannot be parsed"
    for node in ast.walk(tree):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level and node.module else []
        for name in names:
            if name.split(".")[0] not in known:
                return name
    return ""
