"""Polls, their choices and votes."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/polls")
Database = Annotated[sqlite3.Connection, Depends(database)]
Choice = Annotated[str, Field(min_length=1, max_length=100)]


class NewPoll(BaseModel):
    """What is asked, and what can be answered."""

    question: str = Field(min_length=1, max_length=300)
    choices: list[Choice] = Field(min_length=2, max_length=10)


class Vote(BaseModel):
    """Who takes which choice, counted from 0."""

    voter: str = Field(min_length=1, max_length=60)
    choice: int = Field(ge=0)


class Result(BaseModel):
    """A choice and its votes."""

    text: str
    votes: int


class Poll(BaseModel):
    """A poll as it stands."""

    id: int
    question: str
    results: list[Result]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def begin(new: NewPoll, connection: Database) -> Poll:
    """Begin a poll."""
    with connection:
        made = connection.execute("INSERT INTO polls (question) VALUES (?) RETURNING id", (new.question,)).fetchone()
        rows = [(made["id"], position, text) for position, text in enumerate(new.choices)]
        connection.executemany("INSERT INTO choices (poll, position, text) VALUES (?, ?, ?)", rows)
    return show(made["id"], connection)


@router.get("/{number}")
def show(number: int, connection: Database) -> Poll:
    """The poll and how many voted for what; 404 where there is none."""
    poll = connection.execute("SELECT question FROM polls WHERE id = ?", (number,)).fetchone()
    if poll is None:
        raise HTTPException(404, "there is no such poll")
    rows = connection.execute(
        """
        SELECT text, (SELECT count(*) FROM votes AS v WHERE v.poll = c.poll AND v.position = c.position) AS votes
        FROM choices AS c WHERE c.poll = ? ORDER BY c.position
        """,
        (number,),
    )
    results = [Result(text=row["text"], votes=row["votes"]) for row in rows]
    return Poll(id=number, question=poll["question"], results=results)


@router.post("/{number}/votes", dependencies=[Depends(authorised)])
def vote(number: int, new: Vote, connection: Database) -> Poll:
    """Vote; 404 for no poll, 409 where the voter has voted, 422 for no choice."""
    choices = len(show(number, connection).results)
    if new.choice >= choices:
        raise HTTPException(422, f"there are only {choices} choices")
    try:
        with connection:
            connection.execute(
                "INSERT INTO votes (poll, voter, position) VALUES (?, ?, ?)", (number, new.voter, new.choice)
            )
    except sqlite3.IntegrityError as error:
        raise HTTPException(409, f"{new.voter} has voted") from error
    return show(number, connection)
