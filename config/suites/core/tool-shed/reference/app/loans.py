"""Lending tools and taking them back."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database
from app.dues import due_day, late_fee

router = APIRouter()
Database = Annotated[sqlite3.Connection, Depends(database)]
MOST = 3
OWED = 1000


class NewLoan(BaseModel):
    """What is sent to lend a tool."""

    tool: int
    member: str = Field(min_length=1, max_length=40)
    day: date
    days: int = Field(ge=1, le=14)


class Loan(BaseModel):
    """A loan, and when it is due."""

    id: int
    due: date


class Return(BaseModel):
    """What is sent to take a tool back."""

    day: date


class Returned(BaseModel):
    """What a loan costs in the end."""

    id: int
    fee: int


class Member(BaseModel):
    """What somebody has, and owes."""

    member: str
    open: int
    fees: int


@router.post("/loans", status_code=201, dependencies=[Depends(authorised)])
def lend(new: NewLoan, connection: Database) -> Loan:
    """Lend a tool; 404 where there is none, 409 where it or the member cannot."""
    due = due_day(new.day, new.days)
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT 1 FROM tools WHERE id = ?", (new.tool,)).fetchone() is None:
            raise HTTPException(404, "there is no such tool")
        if connection.execute("SELECT 1 FROM loans WHERE tool = ? AND back IS NULL", (new.tool,)).fetchone():
            raise HTTPException(409, "it is lent")
        member = _member(connection, new.member)
        if member.open >= MOST:
            raise HTTPException(409, "the member has three tools")
        if member.fees >= OWED:
            raise HTTPException(409, "the member owes too much")
        added = connection.execute(
            "INSERT INTO loans (tool, member, day, due) VALUES (?, ?, ?, ?) RETURNING id",
            (new.tool, new.member, new.day.isoformat(), due.isoformat()),
        ).fetchone()
    return Loan(id=added["id"], due=due)


@router.post("/loans/{number}/return", dependencies=[Depends(authorised)])
def take_back(number: int, sent: Return, connection: Database) -> Returned:
    """Take a tool back and tell the fee; 404 where there is no such loan, 409 where it cannot end then."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        loan = connection.execute(
            "SELECT loans.day, loans.due, loans.back, tools.deposit FROM loans"
            " JOIN tools ON tools.id = loans.tool WHERE loans.id = ?",
            (number,),
        ).fetchone()
        if loan is None:
            raise HTTPException(404, "there is no such loan")
        if loan["back"] is not None or sent.day < date.fromisoformat(loan["day"]):
            raise HTTPException(409, "it came back already, or began later")
        fee = late_fee(date.fromisoformat(loan["due"]), sent.day, loan["deposit"])
        connection.execute("UPDATE loans SET back = ?, fee = ? WHERE id = ?", (sent.day.isoformat(), fee, number))
    return Returned(id=number, fee=fee)


@router.get("/members/{name}")
def member_of(name: str, connection: Database) -> Member:
    """What somebody has, and owes."""
    return _member(connection, name)


def _member(connection: sqlite3.Connection, name: str) -> Member:
    row = connection.execute(
        "SELECT count(*) - count(back) AS open, coalesce(sum(fee), 0) AS fees FROM loans WHERE member = ?", (name,)
    ).fetchone()
    return Member(member=name, open=row["open"], fees=row["fees"])
