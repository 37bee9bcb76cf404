"""Folders of data, such as packs and tasks. What is wrong is one error: the file, the key and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from .errors import NOT_YAML, ConfigurationError

_CACHES = frozenset({"__pycache__", ".git", ".DS_Store", ".pytest_cache", ".ruff_cache", ".mypy_cache"})
"""What installers and people's programs leave, which is no part of what is read."""
_MOST_FILES, _MOST_BYTES = 2000, 8 << 20

Files = Mapping[str, bytes]
"""Path -> what the file holds."""
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Kind:
    """What a folder holds, as messages call it."""

    name: str
    start: str = ""
    """What shows how one looks, for whoever lacks a file of it."""
    most_files: int = _MOST_FILES
    most_bytes: int = _MOST_BYTES


@dataclass(frozen=True)
class Folder:
    """What a folder holds, read at once; every error is a ConfigurationError."""

    kind: Kind
    source: str
    """Its absolute path."""
    files: Files = field(repr=False)
    """Every file of it, sorted by path."""

    @classmethod
    def read(cls, kind: Kind, folder: Path) -> Folder:
        """Read all that is in `folder`, which may have plain files and folders only, and not too many."""
        try:
            paths = sorted(islice(_walk(folder), kind.most_files + 1))
            if len(paths) > kind.most_files or sum(path.stat().st_size for path in paths) > kind.most_bytes:
                raise ConfigurationError(
                    f"{folder}: has more than {kind.most_files} files or {kind.most_bytes >> 20} MB; a {kind.name} is "
                    f"small: name the folder that holds its {kind.name}.yaml"
                )
            files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        except OSError as error:
            raise ConfigurationError(f"{error.filename or folder}: cannot be read ({error.strerror})") from error
        return cls(kind, str(folder), files)

    @property
    def digest(self) -> str:
        """The identity of all that is in it."""
        whole = hashlib.sha256()
        for path, data in self.files.items():
            whole.update(f"{len(path.encode())} {path} {hashlib.sha256(data).hexdigest()}\n".encode())
        return whole.hexdigest()

    def below(self, prefix: str) -> dict[str, bytes]:
        """The files whose paths begin with `prefix`, by the rest of their paths."""
        return {path.removeprefix(prefix): data for path, data in self.files.items() if path.startswith(prefix)}

    def text(self, path: str) -> str:
        """The text of a file that has to be there."""
        if path not in self.files:
            more = f", or see what {self.kind.start} starts with" if self.kind.start else ""
            raise ConfigurationError(f"{self.source}/{path}: is missing; write it{more}")
        try:
            return self.files[path].decode("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigurationError(
                f"{self.source}/{path}: is not UTF-8 (byte {error.start}); save it as UTF-8"
            ) from error

    def mapping(self, path: str) -> dict[str, Any]:
        """What a YAML file that has to be there says."""
        text = self.text(path)
        try:
            data = yaml.safe_load(text)
        except NOT_YAML as error:
            said = " ".join(str(error).split())
            raise ConfigurationError(f"{self.source}/{path}: is not one YAML document: {said}; correct it") from error
        if not isinstance(data, dict):
            found = type(data).__name__
            raise ConfigurationError(f"{self.source}/{path}: must hold a mapping, not {found}; write `key: value`")
        return {str(key): value for key, value in cast(dict[Any, Any], data).items()}

    def valid(self, model: type[_Model], data: Mapping[str, Any], where: str) -> _Model:
        """`data` as a record; the error names `where` in the folder it stands, and the key."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            said = _said(first["type"], first["msg"], self.kind.name)
            place = f"{self.source}/{where}" if where else self.source
            raise ConfigurationError(f"{place}: {key + ': ' if key else ''}{said}") from error


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _CACHES:
            continue
        if not path.name.isprintable():  # nor is what stands for bytes that are not UTF-8
            raise ConfigurationError(f"{str(path)!r}: has a character in its name that cannot be shown; rename it")
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise ConfigurationError(f"{path}: is no plain file or folder; put a copy of what it leads to there")
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def _said(kind: str, message: str, name: str) -> str:
    match kind:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return f"is no key of a {name}; correct or remove it"
        case "value_error":
            return message.removeprefix("Value error, ")
        case _:
            return f"{message[0].lower()}{message[1:]}; correct it"
