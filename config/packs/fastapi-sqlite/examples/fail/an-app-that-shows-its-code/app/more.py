"""Another app."""

from fastapi import FastAPI

app = FastAPI(title="More", debug=True)
