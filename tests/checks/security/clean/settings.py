"""Settings out of a file and the environment."""

import configparser
import json
import os
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import SimpleNamespace

DEFAULTS = {"host": "127.0.0.1", "port": 8080, "password_file": "/run/secrets/db_password", "secret_name": "app-secret"}
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://postgres:postgres@localhost/app")


@dataclass(frozen=True)
class Server:
    host: str = "127.0.0.1"
    port: int = 8080
    api_key: str | None = None

    @classmethod
    def of(cls, data):
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


def load(path):
    path = Path(path)
    if path.suffix == ".toml":
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    elif path.suffix == ".json":
        data = json.loads(path.read_text(encoding="utf-8"))
    else:
        parser = configparser.ConfigParser()
        parser.read(path)
        data = {name: dict(parser[name]) for name in parser.sections()}
    server = Server.of({**DEFAULTS, **data.get("server", {}), "api_key": os.getenv("API_KEY")})
    if server.api_key == "changeme":
        raise SystemExit("set API_KEY")
    return SimpleNamespace(server=server, **{name: value for name, value in data.items() if name != "server"})


def saved(server, path):
    Path(path).write_text(json.dumps(asdict(server), indent=2), encoding="utf-8")
