"""More routes of the same router."""

from fastapi import APIRouter, Depends

from app.authorisation import authorised
from app.more import router


def made() -> APIRouter:
    """Make one that asks."""
    router = APIRouter(prefix="/guarded", dependencies=[Depends(authorised)])
    return router


@router.delete("/others/{name}", status_code=204)
def remove(name: str) -> None:
    raise KeyError(name)
