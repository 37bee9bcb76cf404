"""An endpoint that lingers, or that is announced before it answers, makes every test above it slow or flaky."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from slipway.models.endpoints import EndpointError
from slipway.models.scripted import Script, serving

ASK = {
    "model": "m1",
    "messages": [
        {"role": "system", "content": "# Role: coder"},
        {"role": "user", "content": "## Component: ledger"},
    ],
}
SERVE = """
import sys
from pathlib import Path
from slipway.models.endpoints import serve_forever
from slipway.models.scripted import load_script, serving
serve_forever(serving(load_script("tally"), log=Path(sys.argv[1])))
print("ended")
"""


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_it_answers_at_once_and_stops_at_once_with_an_open_connection(tally: Script) -> None:
    before = set(threading.enumerate())
    took: list[float] = []
    for _ in range(3):  # of which a busy machine may hold one up
        with httpx.Client() as http:
            with serving(tally) as endpoint:
                assert endpoint.base_url == f"http://127.0.0.1:{endpoint.port}/v1"
                assert http.post(f"{endpoint.base_url}/chat/completions", json=ASK).status_code == 200
                stopping = time.perf_counter()
            took.append(time.perf_counter() - stopping)
        assert is_free(endpoint.port)
        assert set(threading.enumerate()) <= before
    assert min(took) < 0.5


def test_a_reply_does_not_wait_for_delayed_acknowledgements(tally: Script) -> None:
    """A listener that asyncio does not take for TCP costs 40 ms a reply, which a benchmark would blame on the graph."""
    with serving(tally) as endpoint, httpx.Client() as http:
        times: list[float] = []
        for _ in range(40):
            asked = time.perf_counter()
            http.post(f"{endpoint.base_url}/chat/completions", json=ASK)
            times.append(time.perf_counter() - asked)
    assert sorted(times)[4] < 0.03  # most of the others may be slow for want of a processor


def test_a_request_that_waits_does_not_hold_the_stop(tally: Script, tmp_path: Path) -> None:
    statuses: list[int] = []
    took: list[float] = []
    for number in range(3):  # of which a busy machine may hold one up
        log = tmp_path / str(number)
        with serving(tally, latency=60, log=log) as endpoint:
            url = f"{endpoint.base_url}/chat/completions"
            asking = threading.Thread(target=lambda url=url: statuses.append(httpx.post(url, json=ASK).status_code))
            asking.start()
            until = time.monotonic() + 30
            while "asked" not in log.read_text() and time.monotonic() < until:
                time.sleep(0.01)
            stopping = time.perf_counter()
        took.append(time.perf_counter() - stopping)
        asking.join(30)
    assert min(took) < 0.5
    assert statuses == [503] * 3


def test_several_run_side_by_side_and_again_on_the_same_port(tally: Script) -> None:
    with serving(tally) as first, serving(tally) as second:
        assert first.port != second.port
    with serving(tally, port=first.port) as again:
        assert httpx.get(f"{again.base_url}/models").status_code == 200


def test_a_port_in_use_is_one_clear_error(tally: Script) -> None:
    with serving(tally) as endpoint:
        said = rf"cannot listen on 127\.0\.0\.1 port {endpoint.port}: .*in use.*; choose another port, or 0"
        with pytest.raises(EndpointError, match=said), serving(tally, port=endpoint.port):
            pass


def test_a_log_that_cannot_be_written_is_one_clear_error_and_frees_the_port(tally: Script, tmp_path: Path) -> None:
    endpoint = serving(tally, log=tmp_path / "none" / "log.jsonl")
    with pytest.raises(EndpointError, match=r"cannot write the log '.*none/log\.jsonl': No such file"), endpoint:
        pass
    assert is_free(endpoint.port)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-c", SERVE, str(tmp_path / "log.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_process_of_its_own_ends_cleanly(
    process: subprocess.Popen[str], sent: signal.Signals, tmp_path: Path
) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("scripted model endpoint (script 'tally', no real model): http://127.0.0.1:")
    with httpx.Client() as http:
        assert http.post(f"{line.split()[-1]}/chat/completions", json=ASK).status_code == 200
        process.send_signal(sent)
        assert process.communicate(timeout=60) == ("ended\n", "")
    assert process.returncode == 0
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
