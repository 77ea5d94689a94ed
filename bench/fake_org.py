"""The fake org alone: how soon it answers, how many calls a second, a million rows in and out, in how much memory.

Usage: python -m bench.fake_org [--rows 1000000] [--calls 20000]

The org is `python -m specforce_mockserver serve` in a process of its own. Its clients here are plain sockets that do as
little as can be done: on two cores a client that parses answers would be what is measured.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench import settings

DATA_PATH = "/services/data/v67.0"
STARTS = 5
CONNECTIONS = 4
RECV_BYTES = 1 << 20
POLL_S = 0.05
CLIENT = {"grant_type": "client_credentials", "client_id": "test-client", "client_secret": "test-secret"}
SNAPSHOT_ROWS = 100_000


@dataclass
class Running:
    """A fake org in a process of its own, and how to talk to it."""

    process: subprocess.Popen[str]
    url: str
    token: str = ""

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 80)

    def call(self, method: str, path: str, body: object = None, media_type: str = "application/json") -> bytes:
        """One request; its body."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if data is not None:
            request.add_header("Content-Type", media_type)
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.read()

    def json(self, method: str, path: str, body: object = None) -> dict:
        return json.loads(self.call(method, DATA_PATH + path, body))

    def log_in(self) -> None:
        form = urlencode(CLIENT).encode()
        granted = self.call("POST", "/services/oauth2/token", form, "application/x-www-form-urlencoded")
        self.token = json.loads(granted)["access_token"]

    def peak_mb(self) -> float:
        """The most memory that the process has had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000


@contextmanager
def running() -> Iterator[tuple[Running, float]]:
    """A fake org on a free port, and the seconds until it answered; ended after."""
    begun = time.perf_counter()
    command = [settings.PYTHON, "-m", "specforce_mockserver", "serve", "--port", "0", "--print-url", "--clock", "real"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        org = Running(process, process.stdout.readline().strip())
        org.call("GET", "/__mock/health")
        yield org, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(30)


def start_s() -> float:
    """The median of several starts."""
    taken = []
    for _ in range(STARTS):
        with running() as (_org, seconds):
            taken.append(seconds)
    return statistics.median(taken)


def calls_per_s(org: Running, calls: int) -> float:
    """How often a record is got in a second: a few connections, each with one request under way at a time."""
    record_id = org.json("POST", "/sobjects/Account", {"Name": "Acme"})["id"]
    request = (
        f"GET {DATA_PATH}/sobjects/Account/{record_id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {org.token}\r\n\r\n"
    ).encode()
    with selectors.DefaultSelector() as selector:
        sockets = [socket.create_connection(org.address) for _ in range(CONNECTIONS)]
        length = answer_bytes(sockets[0], request)
        for each in sockets:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(each, selectors.EVENT_READ, [0])
        begun = time.perf_counter()
        for each in sockets:
            each.sendall(request)
        done = 0
        while done < calls:
            for key, _events in selector.select():
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                key.data[0] += len(connection.recv(RECV_BYTES))
                if key.data[0] >= length:
                    key.data[0] = 0
                    done += 1
                    connection.sendall(request)
        seconds = time.perf_counter() - begun
        for each in sockets:
            each.close()
    return done / seconds


def answer_bytes(connection: socket.socket, request: bytes) -> int:
    """How long the answer to a request is, head and all."""
    connection.sendall(request)
    answer = connection.recv(RECV_BYTES)
    head, _end, _body = answer.partition(b"\r\n\r\n")
    length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split()[1])
    while len(answer) < len(head) + 4 + length:
        answer += connection.recv(RECV_BYTES)
    return len(answer)


def ended(org: Running, path: str) -> dict:
    """A job at its end."""
    while (info := org.json("GET", path))["state"] not in {"JobComplete", "Failed", "Aborted"}:
        time.sleep(POLL_S)
    if info["state"] != "JobComplete":
        raise SystemExit(f"the job ended badly: {info}")
    return info


def ingest_s(org: Running, rows: int) -> float:
    """The time from the end of an upload to the end of its job."""
    lines = (b"Account %d,Oslo,Energy,%d\n" % (number, number) for number in range(rows))
    data = b"Name,BillingCity,Industry,NumberOfEmployees\n" + b"".join(lines)
    job_id = org.json("POST", "/jobs/ingest", {"object": "Account", "operation": "insert"})["id"]
    org.call("PUT", f"{DATA_PATH}/jobs/ingest/{job_id}/batches", data, "text/csv")
    begun = time.perf_counter()
    org.json("PATCH", f"/jobs/ingest/{job_id}", {"state": "UploadComplete"})
    info = ended(org, f"/jobs/ingest/{job_id}")
    if (info["numberRecordsProcessed"], info["numberRecordsFailed"]) != (rows, 0):
        raise SystemExit(f"WRONG: {info}")
    return time.perf_counter() - begun


def export(org: Running, rows: int) -> tuple[float, float, float]:
    """The time of a query job, the megabytes of its result, and how many of them are served in a second."""
    soql = "SELECT Id, Name, BillingCity, Industry, NumberOfEmployees, CreatedDate, OwnerId FROM Account"
    begun = time.perf_counter()
    job_id = org.json("POST", "/jobs/query", {"operation": "query", "query": soql})["id"]
    info = ended(org, f"/jobs/query/{job_id}")
    written_s = time.perf_counter() - begun
    if info["numberRecordsProcessed"] < rows:
        raise SystemExit(f"WRONG: {info}")
    begun = time.perf_counter()
    size, locator = 0, ""
    with socket.create_connection(org.address) as connection:
        while locator != "null":
            query = f"maxRecords=250000{f'&locator={locator}' if locator else ''}"
            received, locator = page(connection, org.token, f"{DATA_PATH}/jobs/query/{job_id}/results?{query}")
            size += received
    megabytes = size / 1e6
    return written_s, megabytes, megabytes / (time.perf_counter() - begun)


def page(connection: socket.socket, token: str, path: str) -> tuple[int, str]:
    """Read a page of a result and throw it away: its bytes, and the locator of the next one."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(RECV_BYTES)
    head, _end, body = answer.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length, received = int(fields[b"content-length"]), len(body)
    buffer = bytearray(RECV_BYTES)
    while received < length:
        received += connection.recv_into(buffer)
    exact = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sforce-locator"))
    return length, exact.split(b": ", 1)[1].decode()


def resource_ms(org: Running) -> tuple[float, float, float]:
    """Milliseconds of a snapshot, a restore and a reset, with 100,000 records."""
    took: list[float] = []
    for path in ("snapshots", "snapshots/1", "reset"):
        begun = time.perf_counter()
        org.call("POST", f"/__mock/{path}")
        took.append((time.perf_counter() - begun) * 1000)
    snapshot, restore, reset = took
    return snapshot, restore, reset


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=20_000)
    args = parser.parse_args(argv)
    rows: int = args.rows
    figures = {"start, until it answers": f"{start_s():.2f} s"}
    with running() as (org, _seconds):
        org.log_in()
        figures["GET of a record"] = f"{calls_per_s(org, args.calls):,.0f}/s"
        figures["peak memory after that"] = f"{org.peak_mb():.0f} MB"
        figures[f"ingest job, {rows:,} rows"] = f"{ingest_s(org, rows):.1f} s"
        written_s, megabytes, rate = export(org, rows)
        figures[f"query job, {rows:,} rows written once"] = f"{written_s:.1f} s, {megabytes:.0f} MB"
        figures["its result served"] = f"{rate:.0f} MB/s"
        figures["peak memory at the end"] = f"{org.peak_mb():.0f} MB"
    with running() as (org, _seconds):
        org.log_in()
        ingest_s(org, SNAPSHOT_ROWS)
        took = " / ".join(f"{each:.0f}" for each in resource_ms(org))
        figures[f"snapshot / restore / reset, {SNAPSHOT_ROWS:,} records"] = f"{took} ms"
    print("### the fake org\n\n| | |\n|---|--:|")
    for name, figure in figures.items():
        print(f"| {name} | {figure} |")
    print()
    sys.stdout.flush()


if __name__ == "__main__":
    main()
