"""A folder over HTTP, without a framework."""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path("public").resolve()
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}
ITEMS = [{"id": 1, "name": "lamp", "tags": ["light"]}]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path == "/api/items":
            wanted = parse_qs(parts.query).get("name", [""])[0]
            return self.reply([item for item in ITEMS if wanted in item["name"]])
        path = (ROOT / unquote(parts.path).lstrip("/")).resolve()
        if not path.is_relative_to(ROOT) or not path.is_file():
            return self.send_error(HTTPStatus.NOT_FOUND)
        return self.send(path.read_bytes(), TYPES.get(path.suffix, "application/octet-stream"))

    def do_POST(self):
        try:
            item = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        except ValueError:
            return self.send_error(HTTPStatus.BAD_REQUEST)
        ITEMS.append({"id": len(ITEMS) + 1, "name": str(item.get("name")), "tags": []})
        return self.reply(ITEMS[-1], HTTPStatus.CREATED)

    def reply(self, data, status=HTTPStatus.OK):
        self.send(json.dumps(data).encode(), "application/json", status)

    def send(self, body, kind, status=HTTPStatus.OK):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(port=8000):
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.serve_forever()
