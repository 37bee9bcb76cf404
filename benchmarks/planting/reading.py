"""The corpus as data: small programs that hold, and mistakes of a model or a person in them.

corpus/PACK/clean/NAME/...           a whole project
corpus/PACK/defects/NAME/defect.yaml what is wrong; files beside it stand over those of the clean project
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

CORPUS = Path(__file__).parents[1] / "corpus"
Kind = Literal["security", "browser", "other"]
_SAID = "defect.yaml"
_CACHES = frozenset({"__pycache__", ".DS_Store"})


class BadCorpus(Exception):
    """Data that mean nothing; the message names the file and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edit(_Part):
    """A change of one file of the clean project."""

    file: str
    old: str
    """It stands there exactly once."""
    new: str


class Defect(_Part):
    """One mistake."""

    kind: Kind
    """`browser`: it can be seen in a browser only."""
    of: str
    """The clean project that it was made in."""
    file: str
    """What a finding has to name. Where only a test notices, that is the test's file."""
    check: str
    """Which check should find it; for people."""
    why: str
    """What is wrong, in one line."""
    without: tuple[str, ...] = ()
    """Files that were left out."""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Project:
    """A project of the corpus."""

    pack: str
    name: str
    files: Mapping[str, bytes]
    defect: Defect | None = None
    """None: a clean one."""

    @property
    def id(self) -> str:
        """`PACK/clean/NAME` or `PACK/defects/NAME`."""
        return f"{self.pack}/{'defects' if self.defect else 'clean'}/{self.name}"


def corpus(folder: Path = CORPUS) -> list[Project]:
    """Every project of the corpus: by pack, the clean ones first. BadCorpus."""
    return [project for pack in sorted(folder.iterdir()) if pack.is_dir() for project in _of(pack)]


def _of(pack: Path) -> Iterator[Project]:
    clean = {each.name: Project(pack.name, each.name, _files(each)) for each in _folders(pack / "clean")}
    yield from clean.values()
    for folder in _folders(pack / "defects"):
        defect = _defect(folder)
        if defect.of not in clean:
            raise BadCorpus(f"{folder / _SAID}: of: {defect.of!r} is none of {', '.join(clean)}; name one of these")
        yield Project(pack.name, folder.name, _changed(folder, defect, clean[defect.of].files), defect)


def _folders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def _files(folder: Path) -> dict[str, bytes]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _CACHES & {*path.parts}]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _defect(folder: Path) -> Defect:
    try:
        return Defect.model_validate(yaml.safe_load((folder / _SAID).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise BadCorpus(f"{folder / _SAID}: {error}; correct it") from error


def _changed(folder: Path, defect: Defect, clean: Mapping[str, bytes]) -> dict[str, bytes]:
    where, files = folder / _SAID, dict(clean)
    for path in defect.without:
        if files.pop(path, None) is None:
            raise BadCorpus(f"{where}: without: {defect.of!r} has no {path!r}; correct the name")
    for number, edit in enumerate(defect.edits):
        text = files.get(edit.file, b"").decode()
        if text.count(edit.old) != 1:
            there = f"{edit.file!r} has {edit.old!r} {text.count(edit.old)} times"
            raise BadCorpus(f"{where}: edits.{number}: {there}; quote what stands there once")
        files[edit.file] = text.replace(edit.old, edit.new).encode()
    files |= {path: data for path, data in _files(folder).items() if path != _SAID}
    if files == clean:
        raise BadCorpus(f"{where}: nothing differs from {defect.of!r}; plant something")
    return files
