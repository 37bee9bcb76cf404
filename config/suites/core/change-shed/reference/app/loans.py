"""The loans."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database
from app.fees import due_day, late_cents

router = APIRouter(prefix="/loans")
Database = Annotated[sqlite3.Connection, Depends(database)]

MOST_LOANS = 3


class NewLoan(BaseModel):
    """What is sent to lend a tool."""

    tool: int
    member: str = Field(min_length=1, max_length=100)
    day: date


class Loan(NewLoan):
    """A loan that is kept."""

    id: int
    due: date


class Return(BaseModel):
    """What is sent to take a tool back."""

    day: date


class Fee(BaseModel):
    """What it costs."""

    fee_cents: int


@router.get("")
def not_back(connection: Database, member: str | None = None) -> list[Loan]:
    """The loans that are not back, by due day."""
    rows = connection.execute(
        "SELECT id, tool, member, day, due FROM loans"
        " WHERE back IS NULL AND (?1 IS NULL OR member = ?1) ORDER BY due, id",
        (member,),
    )
    return [Loan.model_validate(dict(row)) for row in rows]


@router.post("", status_code=201, dependencies=[Depends(authorised)])
def lend(new: NewLoan, connection: Database) -> Loan:
    """Lend a copy; 404 without such a tool, 409 where none is free or the member has enough."""
    due = due_day(new.day)
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        tool = connection.execute("SELECT copies FROM tools WHERE id = ?", (new.tool,)).fetchone()
        if tool is None:
            raise HTTPException(404, "no such tool")
        lent = connection.execute("SELECT count(*) FROM loans WHERE tool = ? AND back IS NULL", (new.tool,)).fetchone()
        if lent[0] >= tool["copies"]:
            raise HTTPException(409, "no copy is free")
        has = connection.execute("SELECT count(*) FROM loans WHERE member = ? AND back IS NULL", (new.member,)).fetchone()
        if has[0] >= MOST_LOANS:
            raise HTTPException(409, "the member has enough")
        added = connection.execute(
            "INSERT INTO loans (tool, member, day, due) VALUES (?, ?, ?, ?) RETURNING id",
            (new.tool, new.member, new.day.isoformat(), due.isoformat()),
        ).fetchone()
    return Loan(id=added["id"], tool=new.tool, member=new.member, day=new.day, due=due)


@router.post("/{loan}/return", dependencies=[Depends(authorised)])
def take_back(loan: int, returned: Return, connection: Database) -> Fee:
    """Take a copy back; 404 without such a loan, 409 where it is back, 422 for a day before it."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        kept = connection.execute("SELECT day, due, back FROM loans WHERE id = ?", (loan,)).fetchone()
        if kept is None:
            raise HTTPException(404, "no such loan")
        if kept["back"] is not None:
            raise HTTPException(409, "it is back already")
        if returned.day < date.fromisoformat(kept["day"]):
            raise HTTPException(422, "it was not lent yet")
        connection.execute("UPDATE loans SET back = ? WHERE id = ?", (returned.day.isoformat(), loan))
    return Fee(fee_cents=late_cents(date.fromisoformat(kept["due"]), returned.day))
