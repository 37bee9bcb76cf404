from pathlib import Path

import pytest

from logstat.cli import main
from logstat.counting import summarize
from logstat.parsing import Request, parse, requests

LINES = [
    '10.0.0.1 - - [01/Mar/2024:10:00:00 +0000] "GET /a?x=1 HTTP/1.1" 200 512 "-" "curl"',
    '10.0.0.2 - - [01/Mar/2024:10:00:01 +0000] "POST /b HTTP/1.1" 500 -',
    '10.0.0.1 - - [01/Mar/2024:10:00:02 +0000] "GET /a HTTP/1.1" 304 0',
    "no request at all",
]


def test_a_line_is_taken_apart() -> None:
    assert parse(LINES[0]) == Request("10.0.0.1", "GET", "/a", 200, 512)
    assert parse(LINES[3]) is None


def test_what_is_counted() -> None:
    summary = summarize(requests(LINES))
    assert (summary.total, summary.bytes, summary.failed) == (3, 512, 1)
    assert summary.paths == {"/a": 2, "/b": 1}


def test_an_empty_log_has_no_failures() -> None:
    assert summarize([]).failure_rate == 0.0


def test_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "access.log"
    log.write_text("\n".join(LINES), encoding="utf-8")
    assert main([str(log), "--top", "1"]) == 0
    assert capsys.readouterr().out.splitlines() == ["requests 3", "bytes    512", "failed   1 (33.3%)", "       2 /a"]
