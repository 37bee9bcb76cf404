import os
import webbrowser
import zipfile
from pathlib import Path


def copy(source: Path, target: Path) -> None:
    with open(source, "rb") as file, target.open("wb") as out:
        out.write(file.read())
    with open(target, encoding="utf-8") as file, source.open("a", encoding="utf-8") as out:
        out.write(file.read())
    with open(source, mode="rb") as file:
        target.write_bytes(file.read())
    target.write_text(source.read_text("utf-8"), encoding="utf-8")


def show(address: str) -> int:
    webbrowser.open(address)
    zipfile.Path("a.zip").joinpath(address).open("rb").close()
    return os.open(address, os.O_RDONLY)
