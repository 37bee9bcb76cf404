"""The service: `python -m uvicorn app.main:app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import loans, tools
from app.database import create_tables
from app.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Have the tables before the first request."""
    create_tables(app.state.settings.database)
    yield


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, as `settings` say; None: as the environment says."""
    app = FastAPI(title="Shed", lifespan=lifespan)
    app.state.settings = settings or Settings.of_environment()
    app.include_router(tools.router)
    app.include_router(loans.router)
    return app


app = create_app()
