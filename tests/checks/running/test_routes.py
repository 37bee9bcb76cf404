from __future__ import annotations

import json

from slipway.checks.running.routes import Route, documented, routes_of


def test_what_takes_away_is_asked_last() -> None:
    pairs = [("delete", "/a/{id}"), ("GET", "/b"), ("post", "/a"), ("GET", "/b"), ("HEAD", "/"), ("GET", "no path")]
    assert [str(route) for route in routes_of(pairs)] == ["GET /b", "POST /a", "DELETE /a/{id}"]


def test_parameters_of_every_spelling_get_a_value() -> None:
    paths = ("/a/{id}", "/a/<int:id>", "/a/:id", "/a/1")
    assert [(Route("GET", path).example, Route("GET", path).whole) for path in paths] == [
        ("/a/1", False), ("/a/1", False), ("/a/1", False), ("/a/1", True),
    ]  # fmt: skip


def test_a_document_that_is_none_declares_nothing() -> None:
    known = {"paths": {"/a": {"get": {}, "post": {}}}}
    assert documented(json.dumps(known).encode()) == [("get", "/a"), ("post", "/a")]
    for text in ("", "[]", "{}", '{"paths": []}', '{"paths": {"/a": 1}}', "<html>"):
        assert documented(text.encode()) == []
