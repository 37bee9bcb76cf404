"""Pictures from elsewhere."""

from __future__ import annotations

import httpx
from fastapi import APIRouter
from fastapi.responses import RedirectResponse

router = APIRouter(prefix="/pictures")


@router.get("")
def size(source: str) -> int:
    """How large a picture is."""
    address = source.strip()
    return len(httpx.get(address, timeout=5).content)


@router.get("/shown")
def shown(back: str = "/") -> RedirectResponse:
    """Send people back to where they came from."""
    return RedirectResponse(back)
