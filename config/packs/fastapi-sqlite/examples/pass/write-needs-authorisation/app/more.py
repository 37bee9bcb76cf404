"""More routes."""

from typing import Annotated

from fastapi import APIRouter, Depends

from app.authorisation import authorised

router = APIRouter(prefix="/more")
guarded = APIRouter(prefix="/guarded", dependencies=[Depends(authorised)])


def anyone() -> None:
    """Everybody may call this."""


def current_user() -> str:
    return "ada"


@router.get("")
def every() -> list[str]:
    return []


@router.post("/sessions", dependencies=[Depends(anyone)])
def log_in() -> None: ...


@router.put("/{name}")
def put(name: str, user: Annotated[str, Depends(current_user)]) -> None: ...


@guarded.delete("/{name}")
def delete(name: str) -> None: ...
