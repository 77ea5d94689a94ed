"""The minimal clients of the generated layer: what they send, and what becomes of every way to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from specforce_api import AsyncClient, Client
from specforce_api.bulk_v2 import AsyncBulkV2Api, BulkV2Api
from specforce_api.rest import AsyncRestApi, RestApi
from specforce_api.runtime import errors
from specforce_api.runtime.operation import StreamBody

pytestmark = pytest.mark.anyio

LIMITS = {"DailyApiRequests": {"Max": 5, "Remaining": 4}}
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, **arguments: Any) -> Client:
    return Client("https://org.example/prefix/", "secret-token", transport=httpx.MockTransport(handler), **arguments)


def test_a_request_goes_to_the_base_url_with_the_token_and_the_version() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=LIMITS)

    with client(handler, api_version="60.0") as sender:
        limits = RestApi(sender).get_limits()

    assert limits["DailyApiRequests"].remaining == 4
    assert str(seen[0].url) == "https://org.example/prefix/services/data/v60.0/limits"
    assert seen[0].headers["authorization"] == "Bearer secret-token"
    assert seen[0].headers["accept"] == "application/json"


async def test_the_asynchronous_client_does_the_same() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=LIMITS))

    async with AsyncClient("https://org.example", "secret-token", transport=transport) as sender:
        limits = await AsyncRestApi(sender).get_limits()

    assert limits["DailyApiRequests"].max_ == 5


def chunks(request: httpx.Request) -> httpx.Response:
    assert request.headers["content-length"] == "9"
    assert "transfer-encoding" not in request.headers
    assert request.content == b"Id\n1\n2\n3\n"
    return httpx.Response(201)


def test_a_stream_is_sent_with_its_length() -> None:
    body = StreamBody(lambda: iter([b"Id\n", b"1\n2\n3\n"]), 9)

    with client(lambda request: chunks(_read(request))) as sender:
        BulkV2Api(sender).upload_ingest_job_data("750", body=body)
        BulkV2Api(sender).upload_ingest_job_data("750", body=body)


async def test_a_stream_is_read_off_the_loop_by_the_asynchronous_client() -> None:
    async def handler(request: httpx.Request) -> httpx.Response:
        await request.aread()
        return chunks(request)

    transport = httpx.MockTransport(handler)
    async with AsyncClient("https://org.example", "t", transport=transport) as sender:
        body = StreamBody(lambda: iter([b"Id\n", b"1\n2\n3\n"]), 9)
        await AsyncBulkV2Api(sender).upload_ingest_job_data("750", body=body)


def _read(request: httpx.Request) -> httpx.Request:
    request.read()
    return request


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("refused"), errors.ConnectFailed),
        (httpx.ConnectTimeout("slow"), errors.ConnectFailed),
        (httpx.ProxyError("no"), errors.ConnectFailed),
        (httpx.ReadTimeout("slow"), errors.TransportTimeout),
        (httpx.WriteTimeout("slow"), errors.TransportTimeout),
        (httpx.ReadError("cut"), errors.ConnectionCut),
        (httpx.WriteError("cut"), errors.ConnectionCut),
        (httpx.RemoteProtocolError("cut"), errors.ConnectionCut),
        (httpx.DecodingError("gzip"), errors.DecodeError),
        (httpx.UnsupportedProtocol("ftp"), errors.InputError),
        (httpx.TooManyRedirects("many"), errors.TransportError),
        (ZeroDivisionError("ours"), ZeroDivisionError),
    ],
)
def test_every_way_a_request_can_fail_is_an_error_of_the_tree(raised: Exception, expected: type[Exception]) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise raised

    with client(handler) as sender, pytest.raises(expected) as caught:
        RestApi(sender).get_limits()

    assert type(caught.value) is expected
    if isinstance(caught.value, errors.TransportError):
        assert caught.value.sent is (expected is not errors.ConnectFailed)


async def test_the_asynchronous_client_translates_too() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut")

    async with AsyncClient("https://org.example", "t", transport=httpx.MockTransport(handler)) as sender:
        with pytest.raises(errors.ConnectionCut, match="getLimits: cut"):
            await AsyncRestApi(sender).get_limits()


def test_a_body_cut_short_is_a_cut_connection() -> None:
    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b'{"Daily'
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    with client(lambda _: httpx.Response(200, stream=Cut())) as sender, pytest.raises(errors.ConnectionCut):
        RestApi(sender).get_limits()


async def test_a_body_cut_short_is_a_cut_connection_for_the_asynchronous_client() -> None:
    class Cut(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b'{"Daily'
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Cut()))
    async with AsyncClient("https://org.example", "t", transport=transport) as sender:
        with pytest.raises(errors.ConnectionCut):
            await AsyncRestApi(sender).get_limits()


def test_what_the_server_refuses_is_raised_with_all_it_said() -> None:
    body = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
    answer = httpx.Response(401, json=body, headers={"X-Request-Id": "r1"})

    with client(lambda _: answer) as sender, pytest.raises(errors.InvalidSession) as caught:
        RestApi(sender).get_limits()

    assert (caught.value.status, caught.value.error_code) == (401, "INVALID_SESSION_ID")
    assert (caught.value.request_id, caught.value.operation_id) == ("r1", "getLimits")


def test_a_redirect_is_not_followed_with_the_token() -> None:
    moved = httpx.Response(302, headers={"location": "https://elsewhere.example/"})

    with client(lambda _: moved) as sender, pytest.raises(errors.ApiError) as caught:
        RestApi(sender).get_limits()

    assert caught.value.status == 302


def test_an_operation_that_is_not_in_the_version_is_refused_before_it_is_sent() -> None:
    with client(_never, api_version="40.0") as sender, pytest.raises(errors.SpecError, match=r"41\.0"):
        BulkV2Api(sender).get_ingest_job("750")


def test_an_operation_that_wants_a_token_is_refused_without_one_and_others_are_sent() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return httpx.Response(200, json=[])

    with Client("https://org.example", transport=httpx.MockTransport(handler)) as sender:
        assert RestApi(sender).list_versions() == []
        with pytest.raises(errors.InputError, match="give the client a token="):
            RestApi(sender).get_limits()


def test_a_token_with_a_line_break_is_refused() -> None:
    transport = httpx.MockTransport(_never)

    sender = Client("https://org.example", "a\r\nX-Evil: 1", transport=transport)

    with sender, pytest.raises(errors.InputError, match="control characters"):
        RestApi(sender).get_limits()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_does_not_show_its_token(kind: type[Client | AsyncClient]) -> None:
    assert repr(kind("https://org.example/", "secret-token")) == (
        f"{kind.__name__}(base_url='https://org.example', api_version='67.0')"
    )


def _never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.method} {request.url} was sent")
