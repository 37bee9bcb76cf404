"""More routes."""

from fastapi import APIRouter, Depends

from app.authorisation import authorised

router = APIRouter(prefix="/more")
guarded = APIRouter(prefix="/guarded", dependencies=[Depends(authorised)])


@router.api_route("", methods=["GET", "POST"])
def all_in_one() -> None: ...
