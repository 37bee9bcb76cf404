"""More routes."""

from typing import Annotated

from fastapi import APIRouter, Depends

from app.authorisation import authorised

NAMES: set[str] = set()
router = APIRouter(prefix="/more")
guarded = APIRouter(prefix="/guarded", dependencies=[Depends(authorised)])


def anyone() -> None:
    """Let everybody in."""
    return None


def current_user() -> str:
    return "ada"


@router.get("")
def every() -> list[str]:
    return sorted(NAMES)


@router.post("/sessions", dependencies=[Depends(anyone)])
def log_in() -> str:
    return "welcome"


@router.put("/{name}")
def put(name: str, user: Annotated[str, Depends(current_user)]) -> None:
    NAMES.add(f"{name} of {user}")


@guarded.delete("/{name}")
def delete(name: str) -> None:
    NAMES.discard(name)


def made() -> APIRouter:
    """Make one that asks."""
    made_here = APIRouter(prefix="/made", dependencies=[Depends(authorised)])

    @made_here.delete("")
    def clear() -> None:
        NAMES.clear()

    return made_here
