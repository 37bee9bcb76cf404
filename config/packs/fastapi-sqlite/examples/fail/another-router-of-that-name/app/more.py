"""More routes."""

from fastapi import APIRouter, Depends

from app.authorisation import authorised

router = APIRouter(prefix="/more")


def made() -> APIRouter:
    """Make one that asks."""
    router = APIRouter(prefix="/guarded", dependencies=[Depends(authorised)])
    return router


@router.delete("/{name}", status_code=204)
def remove(name: str) -> None:
    raise KeyError(name)
