"""Who may do what."""

from __future__ import annotations
from typing import Annotated
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


def authorised(request: Request, credentials: Credentials) -> None:
    """Let in who sends the token of the settings; 401 for everybody else."""
    raise NotImplementedError
