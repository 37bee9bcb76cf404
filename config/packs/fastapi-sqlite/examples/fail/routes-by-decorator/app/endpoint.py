"""More routes."""

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response


class Wipe(HTTPEndpoint):
    async def post(self, request: Request) -> Response:
        return Response(status_code=204)
