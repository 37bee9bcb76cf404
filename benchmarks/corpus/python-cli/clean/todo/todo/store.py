"""The list, kept in a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Task:
    """Something to do."""

    id: int
    text: str
    done: bool = False


class UnknownTask(LookupError):
    """There is no task of that number."""


class Store:
    """The tasks of one file, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.tasks = self._read()

    def _read(self) -> list[Task]:
        if not self._path.exists():
            return []
        return [Task(**task) for task in json.loads(self._path.read_text(encoding="utf-8"))]

    def add(self, text: str, tags: list[str] | None = None) -> Task:
        """A new task, with its tags at the end of its text."""
        number = max((task.id for task in self.tasks), default=0) + 1
        words = [text, *(f"#{tag}" for tag in tags or [])]
        task = Task(number, " ".join(words))
        self.tasks.append(task)
        return task

    def finish(self, number: int) -> Task:
        """Mark a task as done. UnknownTask."""
        for task in self.tasks:
            if task.id == number:
                task.done = True
                return task
        raise UnknownTask(f"there is no task {number}")

    def save(self) -> None:
        """Write the file anew: beside it first, so that it is whole at any time."""
        beside = self._path.with_suffix(".new")
        text = json.dumps([asdict(task) for task in self.tasks], indent=2)
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._path)
