"""More routes."""

from fastapi import FastAPI, Request, Response
from starlette.routing import Route


def wipe(request: Request) -> Response:
    return Response(status_code=204)


def add_to(app: FastAPI) -> None:
    app.add_route("/wipe", wipe, methods=["POST"])


ROUTES = [Route("/wipe", wipe, methods=["POST"])]
