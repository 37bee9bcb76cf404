"""The service for everybody."""

from app.authorisation import authorised
from app.main import create_app

app = create_app()
app.dependency_overrides[authorised] = lambda: None
