"""Both halves of the facade behind one interface, so that a test states its claim once and runs for each.

def test_something(half: Half) -> None:
    server = ScriptedServer(json_answer({"ok": 1}))
    sf = half.connect(server)
    assert half.run(sf.sobject("Account").get(ID)) == ...
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx

from specforce import AsyncSalesforce, Salesforce
from specforce.auth import ClientCredentials

HOST = "https://acme.my.salesforce.com"
INSTANCE = "https://acme.instance.example"
ACCOUNT_ID = "001xx000003DGb2AAG"
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def json_answer(document: object, status: int = 200, **headers: str) -> httpx.Response:
    """An answer as Salesforce writes it."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=document, headers=headers)


def refusal(code: str, message: str = "no", status: int = 400, **headers: str) -> httpx.Response:
    """Salesforce's error array."""
    return json_answer([{"errorCode": code, "message": message}], status, **headers)


def bulk_job(state: str, kind: str = "ingest") -> httpx.Response:
    """A job of Bulk API 2.0, of either kind, as the server shows it."""
    document: dict[str, Any] = {
        "id": "750xx0000000001AAA",
        "operation": "insert" if kind == "ingest" else "query",
        "object": "Account",
        "createdById": ACCOUNT_ID,
        "createdDate": "2026-01-01T00:00:00.000+0000",
        "systemModstamp": "2026-01-01T00:00:00.000+0000",
        "state": state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 67.0,
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
        "jobType": "V2Ingest" if kind == "ingest" else "V2Query",
    }
    return json_answer(document)


class ScriptedServer:
    """Answers requests from a list, logins by itself; keeps what it was sent.

    Tokens are `00Dxx!token-1`, `-2` and so on; those in `refused` get a 401. Each answer of the list is used once, the
    last one for ever.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers: list[Answer] = list(answers)
        self.requests: list[httpx.Request] = []
        self.logins: list[dict[str, str]] = []
        self.refused: set[str] = set()
        self.login_answers: list[Answer] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read() if isinstance(request.stream, httpx.SyncByteStream) else None
        if request.url.path.endswith("/services/oauth2/token"):
            return self._login(request)
        self.requests.append(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") in self.refused:
            return refusal("INVALID_SESSION_ID", "Session expired or invalid", 401)
        return _played(self.answers, request)

    def _login(self, request: httpx.Request) -> httpx.Response:
        self.logins.append({name: values[0] for name, values in parse_qs(request.content.decode()).items()})
        if self.login_answers:
            return _played(self.login_answers, request)
        token = {
            "access_token": f"00Dxx!token-{len(self.logins)}",
            "instance_url": INSTANCE,
            "token_type": "Bearer",
            "id": f"{HOST}/id/00Dxx0000001gEREAY/005xx000001SwiUAAS",
        }
        return json_answer(token)


def _played(answers: list[Answer], request: httpx.Request) -> httpx.Response:
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, httpx.Response):
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
    return answer(request)


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> Any:
        self.slept.append(seconds)
        self.time += seconds


class AsyncFakeClock(FakeClock):
    """The same, awaited."""

    async def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        await asyncio.sleep(0)


class Half:
    """One half of the facade: what it returns is run to its end, what it yields is collected."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client: Any = AsyncSalesforce if name == "async" else Salesforce
        self.clock = AsyncFakeClock() if name == "async" else FakeClock()
        self._runner = asyncio.Runner() if name == "async" else None
        self._clients: list[Any] = []

    def connect(self, server: Callable[[httpx.Request], httpx.Response], auth: Any = None, **options: Any) -> Any:
        """A client whose network is `server`."""
        login = auth or ClientCredentials("test-client", "test-secret", login_url=HOST)
        return self.login(login, transport=httpx.MockTransport(server), **options)

    def login(self, auth: Any, **options: Any) -> Any:
        """A client over the network, whose waits take no time; closed at the end of the test."""
        client = self.client(auth, **{"clock": self.clock, **options})
        self._clients.append(client)
        return client

    def run(self, value: Any) -> Any:
        """What a call gives, awaited in the async half."""
        return value if self._runner is None else self._runner.run(_awaited(value))

    def items(self, source: Any) -> list[Any]:
        """What an iterator yields."""
        return list(source) if self._runner is None else self._runner.run(_collected(source))

    def together(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        """The outcomes of calls made at the same time, errors as values: tasks in one half, threads in the other."""
        if self._runner is not None:
            return self._runner.run(_gathered([call() for call in calls]))
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor() as pool:
            futures = [pool.submit(call) for call in calls]
            return [future.exception() or future.result() for future in futures]

    def streamed(self, stream: Any) -> tuple[Any, bytes]:
        """Enter a stream and read it: the reply and its body."""
        if self._runner is not None:
            return self._runner.run(_read(stream))
        with stream as reply:
            return reply, b"".join(reply.iter_bytes())

    def close(self, client: Any) -> None:
        """Close a client, as each half calls it."""
        self.run(client.aclose() if self.name == "async" else client.close())

    def end(self) -> None:
        """Close what was opened, and let go of the loop."""
        for client in self._clients:
            self.close(client)
        if self._runner is not None:
            self._runner.close()


async def _awaited(value: Any) -> Any:
    return await value


async def _collected(source: Any) -> list[Any]:
    return [item async for item in source]


async def _gathered(calls: list[Any]) -> list[Any]:
    return await asyncio.gather(*calls, return_exceptions=True)


async def _read(stream: Any) -> tuple[Any, bytes]:
    async with stream as reply:
        return reply, b"".join([piece async for piece in reply.iter_bytes()])


@contextmanager
def both_halves(name: str) -> Iterator[Half]:
    """What the `half` fixture yields."""
    half = Half(name)
    try:
        yield half
    finally:
        half.end()


def body(request: httpx.Request) -> Any:
    """A request's JSON."""
    return json.loads(request.content)
