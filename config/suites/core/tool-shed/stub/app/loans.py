"""Lending tools and taking them back."""

from __future__ import annotations
import sqlite3
from datetime import date
from typing import Annotated
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from app.authorisation import authorised
from app.database import database

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
    raise NotImplementedError


@router.post("/loans/{number}/return", dependencies=[Depends(authorised)])
def take_back(number: int, sent: Return, connection: Database) -> Returned:
    """Take a tool back and tell the fee; 404 where there is no such loan, 409 where it cannot end then."""
    raise NotImplementedError


@router.get("/members/{name}")
def member_of(name: str, connection: Database) -> Member:
    """What somebody has, and owes."""
    raise NotImplementedError
