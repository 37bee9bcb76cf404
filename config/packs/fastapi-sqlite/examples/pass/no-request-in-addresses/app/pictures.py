"""Pictures from elsewhere."""

from __future__ import annotations

from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse

from app.settings import Settings

router = APIRouter(prefix="/pictures")
SOURCES = {"maps": "https://maps.example/", "faces": "https://faces.example/"}


def settings(request: Request) -> Settings:
    """The service's."""
    return request.app.state.settings


KnownSettings = Annotated[Settings, Depends(settings)]


@router.get("/{source}")
def size(source: str, name: str, known: KnownSettings) -> int:
    """How large a picture of one of the sources is."""
    if source not in SOURCES:
        raise HTTPException(404, "there is no such source")
    headers = {"Authorization": f"Bearer {known.token}"}
    return len(httpx.get(SOURCES[source], params={"name": name}, headers=headers, timeout=5).content)


@router.get("/{source}/shown")
def shown(source: str) -> RedirectResponse:
    """Send people to a source."""
    return RedirectResponse(SOURCES.get(source, "/"))
