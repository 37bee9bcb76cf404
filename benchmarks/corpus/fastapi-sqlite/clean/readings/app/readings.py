"""What sensors measured."""

from __future__ import annotations

import csv
import io
import sqlite3
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Response
from pydantic import BaseModel, Field

from app.authorisation import authorised
from app.database import database

router = APIRouter(prefix="/sensors/{name}")
Database = Annotated[sqlite3.Connection, Depends(database)]
Sensor = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class Reading(BaseModel):
    """A value at a time, in seconds since 1970-01-01 UTC."""

    at: int = Field(ge=0, le=10**11)
    value: float = Field(allow_inf_nan=False)


class Hour(BaseModel):
    """What was measured in one hour; `at` is its beginning."""

    at: int
    mean: float
    count: int


@router.post("/readings", status_code=201, dependencies=[Depends(authorised)])
def take(name: Sensor, readings: Annotated[list[Reading], Field(max_length=1000)], connection: Database) -> int:
    """Keep readings, and tell how many were new; one that comes twice is kept once."""
    with connection:
        before = connection.total_changes
        rows = [(name, reading.at, reading.value) for reading in readings]
        connection.executemany("INSERT OR IGNORE INTO readings (sensor, at, value) VALUES (?, ?, ?)", rows)
    return connection.total_changes - before


@router.get("/hours")
def hours(name: Sensor, connection: Database, begin: int = 0, end: int = 10**11) -> list[Hour]:
    """The means of the hours between `begin` and `end`; 422 where the end comes first."""
    if end < begin:
        raise HTTPException(422, "it ends before it begins")
    rows = connection.execute(
        """
        SELECT at / 3600 * 3600 AS at, avg(value) AS mean, count(*) AS count FROM readings
        WHERE sensor = ? AND at >= ? AND at < ? GROUP BY 1 ORDER BY 1
        """,
        (name, begin, end),
    )
    return [Hour(**dict(row)) for row in rows]


@router.get("/readings.csv")
def export(name: Sensor, connection: Database) -> Response:
    """All readings, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("at", "value"))
    rows = connection.execute("SELECT at, value FROM readings WHERE sensor = ? ORDER BY at", (name,))
    writer.writerows((row["at"], row["value"]) for row in rows)
    return Response(text.getvalue(), media_type="text/csv")
