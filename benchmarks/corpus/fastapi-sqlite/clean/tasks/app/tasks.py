"""The tasks."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/tasks")
Database = Annotated[sqlite3.Connection, Depends(database)]
_ORDERS = {
    "priority": "SELECT id, title, priority, due, done FROM tasks ORDER BY priority, id",
    "due": "SELECT id, title, priority, due, done FROM tasks ORDER BY due IS NULL, due, id",
}


class NewTask(BaseModel):
    """What is sent to add one."""

    title: str = Field(min_length=1, max_length=200)
    priority: int = Field(default=3, ge=1, le=5)
    due: date | None = None


class Change(BaseModel):
    """What is sent to change one; what is left out stays."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    priority: int | None = Field(default=None, ge=1, le=5)
    done: bool | None = None


class Task(NewTask):
    """A task."""

    id: int
    done: bool


@router.get("")
def every(connection: Database, order: Literal["priority", "due"] = "priority", done: bool | None = None) -> list[Task]:
    """All tasks, or those that are done, or are not."""
    tasks = [Task(**dict(row)) for row in connection.execute(_ORDERS[order])]
    return [task for task in tasks if done is None or task.done == done]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def add(new: NewTask, connection: Database) -> Task:
    """Add a task."""
    due = new.due.isoformat() if new.due else None
    with connection:
        row = connection.execute(
            "INSERT INTO tasks (title, priority, due) VALUES (?, ?, ?) RETURNING id, title, priority, due, done",
            (new.title, new.priority, due),
        ).fetchone()
    return Task(**dict(row))


@router.patch("/{number}", dependencies=[Depends(authorised)])
def change(number: int, what: Change, connection: Database) -> Task:
    """Change a task; 404 where there is none."""
    with connection:
        row = connection.execute(
            """
            UPDATE tasks SET title = coalesce(?, title), priority = coalesce(?, priority), done = coalesce(?, done)
            WHERE id = ? RETURNING id, title, priority, due, done
            """,
            (what.title, what.priority, what.done, number),
        ).fetchone()
    if row is None:
        raise HTTPException(404, "there is no such task")
    return Task(**dict(row))
