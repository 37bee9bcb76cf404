"""Who may do what."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


def authorised(request: Request, credentials: Credentials) -> None:
    """Let in who sends the token of the settings; 401 for everybody else."""
    token: str = request.app.state.settings.token
    sent = credentials.credentials if credentials else ""
    if not token or not secrets.compare_digest(sent.encode(), token.encode()):
        raise HTTPException(401, "send the token", {"WWW-Authenticate": "Bearer"})
