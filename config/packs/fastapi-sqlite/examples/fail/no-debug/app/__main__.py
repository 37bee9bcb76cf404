"""For who has no uvicorn on the command line."""

import uvicorn

uvicorn.run("app.main:app", host="127.0.0.1", port=8000, reload=True)
