"""Articles and what happens to them."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/articles")
Database = Annotated[sqlite3.Connection, Depends(database)]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class Move(BaseModel):
    """So much came in, or went out where it is below 0."""

    amount: int = Field(ge=-10_000, le=10_000)


class Article(BaseModel):
    """An article and how much there is."""

    name: str
    amount: int


@router.get("")
def every(connection: Database, least: int = 0) -> list[Article]:
    """The articles of which there are at least `least`, by name."""
    rows = connection.execute(
        "SELECT article, sum(amount) AS amount FROM moves GROUP BY article HAVING sum(amount) >= ? ORDER BY article",
        (least,),
    )
    return [Article(name=row["article"], amount=row["amount"]) for row in rows]


@router.post("/{name}/moves", status_code=201, dependencies=[Depends(authorised)])
def move(name: Name, what: Move, connection: Database) -> Article:
    """Add or take some; 409 where there is less than is taken, 422 for nothing."""
    if what.amount == 0:
        raise HTTPException(422, "nothing is moved")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        there = _amount(connection, name)
        if there + what.amount < 0:
            raise HTTPException(409, f"there are only {there}")
        connection.execute("INSERT INTO moves (article, amount) VALUES (?, ?)", (name, what.amount))
    return Article(name=name, amount=there + what.amount)


def _amount(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT coalesce(sum(amount), 0) AS amount FROM moves WHERE article = ?", (name,)).fetchone()
    return int(row["amount"])
