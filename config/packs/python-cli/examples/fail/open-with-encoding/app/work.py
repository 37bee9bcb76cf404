from pathlib import Path


def copy(source: Path, target: Path) -> None:
    with open(source) as file, target.open("w") as out:
        out.write(file.read())
    target.write_text(source.read_text())
    print(Path("a.txt").open().read(), open("b.txt").read())
