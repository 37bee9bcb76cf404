"""The programs of ours that stand between the framework and a sandbox, each as one text for `python3 -I -S -c`."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

_FOLDER = Path(__file__).parent
_KEEPER = ("kernel", "trees", "main")
"""Its modules, in an order in which each needs only those before it."""
_IMPORTER = """
import sys, types
folder = types.ModuleType("keeper")
folder.__path__ = []
sys.modules["keeper"] = folder
for name, text in {modules!r}.items():
    module = types.ModuleType("keeper." + name)
    module.__package__ = "keeper"
    sys.modules[module.__name__] = module
    setattr(folder, name, module)
    exec(compile(text, module.__name__, "exec"), module.__dict__)
module.main()
"""


def python() -> list[str]:
    """The Python that runs now, without anything of the user's."""
    own = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    return [str(own), "-I", "-S", "-c"]


@functools.cache
def guard() -> str:
    """The guard's text. Blocks."""
    return (_FOLDER / "guard.py").read_text(encoding="utf-8")


@functools.cache
def keeper() -> str:
    """The keeper's text. Blocks."""
    texts = {name: (_FOLDER / "keeper" / f"{name}.py").read_text(encoding="utf-8") for name in _KEEPER}
    return _IMPORTER.format(modules=texts)
