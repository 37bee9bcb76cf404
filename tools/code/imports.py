"""Who imports whom among a project's files, read from their text alone: nothing is imported.

Python: a module's name counts from the folder that holds its outermost package, from the root, and from `src`, `lib`
and `python` there; files that are in no package are found from their own folder and those below it, as pytest and
scripts do. A test file depends on the `conftest.py` of its folder and of those above. JavaScript and TypeScript:
relative paths, with the suffixes and the index files that bundlers try.
"""

from __future__ import annotations

import posixpath
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from .base import ImportOf, Tags
from .tags import language_of, read_tags

_ROOTS = ("src", "lib", "python")
_SUFFIXES = ("", ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json")
_AS_TYPESCRIPT = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


class ImportGraph:
    """The imports between the files of one project."""

    def __init__(self, edges: Mapping[str, tuple[str, ...]]) -> None:
        self._imports = edges
        back: dict[str, list[str]] = defaultdict(list)
        for path in sorted(edges):
            for other in edges[path]:
                back[other].append(path)
        self._imported_by = {path: tuple(found) for path, found in back.items()}

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> ImportGraph:
        """The graph of `files`. Never raises: of a file with syntax errors, what can be read counts."""
        tags = read_tags(files)
        python = _Modules(files)
        edges: dict[str, tuple[str, ...]] = {}
        for path in sorted(tags):
            found = python.imports(path, tags[path]) if language_of(path) == "python" else _scripts(path, tags, files)
            edges[path] = tuple(other for other in dict.fromkeys(found) if other != path)
        return cls(edges)

    def imports(self, path: str) -> tuple[str, ...]:
        """The files that `path` imports itself, in the order of its text."""
        return self._imports.get(path, ())

    def imported_by(self, path: str) -> tuple[str, ...]:
        """The files that import `path` themselves, sorted."""
        return self._imported_by.get(path, ())

    def reach(self, path: str) -> tuple[str, ...]:
        """All that `path` imports, itself or through others, the nearest first; not `path`."""
        found = {path: None}
        ring = [path]
        while ring:
            ring = [other for each in ring for other in self.imports(each) if other not in found]
            ring = list(dict.fromkeys(ring))
            found.update(dict.fromkeys(ring))
        return tuple(found)[1:]


def modules_under_test(graph: ImportGraph, test_path: str, plan_files: Collection[str]) -> tuple[str, ...]:
    """The files that a failing test is about, the likeliest first.

    Those of `plan_files` that it imports, the nearest first, then what else it imports itself; tests and conftest files
    are none. Where it imports nothing of the project, those of `plan_files` that it is named after.
    """
    near = [path for path in graph.reach(test_path) if not is_test(path)]
    direct = {path for path in near if path in graph.imports(test_path)}
    found = [path for path in near if path in plan_files] + [path for path in near if path in direct]
    if not found:
        subject = _subject(test_path)
        found = sorted(path for path in plan_files if not is_test(path) and _subject(path) == subject)
    return tuple(dict.fromkeys(found))


def is_test(path: str) -> bool:
    """Whether a file is a test, or steers tests, by its name and place."""
    *folders, name = path.split("/")
    stem = name.partition(".")[0]
    named = stem == "conftest" or stem.startswith("test_") or stem.endswith("_test")
    return named or ".test." in name or ".spec." in name or "__tests__" in folders


def _subject(path: str) -> str:
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem.removeprefix("test_").removesuffix("_test")


# --- Python ----------------------------------------------------------------------------------------------------------


class _Modules:
    """The Python files of a project by the names under which they can be imported."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {path for path in files if path.endswith((".py", ".pyi"))}
        self._packages = {posixpath.dirname(path) for path in self._files if _stem(path) == "__init__"}
        self._everywhere: dict[str, list[str]] = defaultdict(list)
        self._nearby: dict[tuple[str, str], str] = {}
        own_name = _project_name(files) if "" in self._packages else None
        for path in sorted(self._files):
            self._enter(path, own_name)

    def _enter(self, path: str, own_name: str | None) -> None:
        folder = posixpath.dirname(path)
        top = folder
        while top in self._packages and top:
            top = posixpath.dirname(top)
        if folder not in self._packages:
            self._nearby.setdefault((folder, _stem(path)), path)
        roots = {"", *(root for root in _ROOTS if path.startswith(f"{root}/"))}
        if folder in self._packages:
            roots.add(top)
        for root in sorted(roots, key=len, reverse=True):
            if folder in self._packages or root != folder:
                self._everywhere[_dotted(path, root)].append(path)
        if not folder and folder not in self._packages:
            self._everywhere[_stem(path)].append(path)
        if own_name:
            self._everywhere[f"{own_name}.{_dotted(path, '')}".rstrip(".")].append(path)

    def imports(self, path: str, tags: Tags) -> Iterator[str]:
        """The files that `path` imports."""
        for each in tags.imports:
            yield from self._resolve(path, each)
        if is_test(path):
            yield from self._conftests(path)

    def _resolve(self, path: str, each: ImportOf) -> Iterator[str]:
        if each.level:
            yield from self._relative(path, each)
            return
        for name in (f"{each.module}.{name}" for name in each.names):
            if found := self._find(path, name):
                yield found
        parts = each.module.split(".")
        for end in range(len(parts), 0, -1):
            if found := self._find(path, ".".join(parts[:end])):
                yield found

    def _relative(self, path: str, each: ImportOf) -> Iterator[str]:
        folder = posixpath.dirname(path)
        for _ in range(each.level - 1):
            if not folder:
                return
            folder = posixpath.dirname(folder)
        base = posixpath.join(folder, *each.module.split(".")) if each.module else folder
        for place in (*(posixpath.join(base, name) for name in each.names), base):
            if found := self._at(place):
                yield found

    def _at(self, place: str) -> str | None:
        tries = (posixpath.join(place, "__init__"), place) if place else ("__init__",)
        names = (f"{each}{suffix}" for each in tries for suffix in (".py", ".pyi"))
        return next((name for name in names if name in self._files), None)

    def _find(self, path: str, name: str) -> str | None:
        folder = posixpath.dirname(path)
        for above in [folder, *_above(folder)]:
            if found := self._nearby.get((above, name)):
                return found
        found = self._everywhere.get(name)
        return max(found, key=lambda other: (_shared(path, other), -len(other), other)) if found else None

    def _conftests(self, path: str) -> Iterator[str]:
        folder = posixpath.dirname(path)
        for above in [folder, *_above(folder)]:
            if (name := posixpath.join(above, "conftest.py")) in self._files:
                yield name


def _dotted(path: str, root: str) -> str:
    """The name of a module that is looked for in the folder `root`; a package's is that of its folder."""
    relative = path[len(root) + 1 :] if root else path
    place = posixpath.join(posixpath.dirname(relative), _stem(relative))
    return place.removesuffix("__init__").strip("/").replace("/", ".")


def _stem(path: str) -> str:
    return posixpath.basename(path).partition(".")[0]


def _above(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _shared(one: str, other: str) -> int:
    """How many folders two files are both in."""
    common = posixpath.commonpath([posixpath.dirname(one), posixpath.dirname(other)])
    return common.count("/") + 1 if common else 0


def _project_name(files: Mapping[str, bytes]) -> str | None:
    """What a package that is the root itself is called."""
    try:
        project = tomllib.loads(files.get("pyproject.toml", b"").decode()).get("project", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return None
    name = project.get("name") if isinstance(project, dict) else None
    return name.replace("-", "_") if isinstance(name, str) and name else None


# --- JavaScript and TypeScript ---------------------------------------------------------------------------------------


def _scripts(path: str, tags: Mapping[str, Tags], files: Mapping[str, bytes]) -> Iterator[str]:
    for each in tags[path].imports:
        if each.module.startswith("."):
            base = posixpath.normpath(posixpath.join(posixpath.dirname(path), each.module))
            found = next((name for name in _tried(base) if name in files), None)
            if found:
                yield found


def _tried(base: str) -> Iterable[str]:
    stem, dot, suffix = base.rpartition(".")
    instead = [f"{stem}{other}" for other in _AS_TYPESCRIPT.get(f"{dot}{suffix}", ())]
    index = [posixpath.join(base, f"index{suffix}") for suffix in _SUFFIXES if suffix]
    return [f"{base}{suffix}" for suffix in _SUFFIXES] + instead + index
