"""More routes."""

import httpx
from fastapi import APIRouter, Depends, FastAPI

from app.authorisation import authorised

router = APIRouter(prefix="/more")
ROUTES = {"north": "up"}


@router.api_route("/{name}", methods=["PUT", "PATCH"], dependencies=[Depends(authorised)])
def put(name: str) -> str:
    """Tells another service, too."""
    with httpx.Client() as client:
        client.delete("http://localhost/old", params={"name": name})
        return client.post("http://localhost/new", json={"name": name, "routes": ROUTES}).text


def add_to(app: FastAPI) -> None:
    """Have the routes in `app`."""
    app.include_router(router)

    @app.delete("/all", status_code=204, dependencies=[Depends(authorised)])
    def remove() -> None:
        ROUTES.clear()
