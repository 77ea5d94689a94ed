"""The seam to HTTP: failures become our errors, bodies are whole or an error, headers can't be injected."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce import _http, _tls
from specforce._http.wire import translated, transport_arguments
from specforce._http_options import HttpOptions
from specforce._http_request import HttpRequest
from specforce._proxies import route
from specforce.errors import ConnectFailed, ConnectionCut, DecodeError, InputError, TransportError, TransportTimeout
from specforce_api.runtime.operation import Reply, StreamBody
from tests.halves import Half, ScriptedServer, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Send = Callable[..., Reply]

BAD_SECONDS = (0, -1, float("nan"), float("inf"), True, "5", None)
REQUEST = HttpRequest("GET", "https://acme.example/x", operation_id="getLimits")


@pytest.fixture(params=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    """Sends one request over a handler, by either half."""

    def sync(handler: object, sent: HttpRequest = REQUEST, options: HttpOptions | None = None) -> Reply:
        return _http.Http(options or HttpOptions(), httpx.MockTransport(handler)).send(sent)  # type: ignore[arg-type]

    def through_a_loop(handler: object, sent: HttpRequest = REQUEST, options: HttpOptions | None = None) -> Reply:
        http = _http.AsyncHttp(options or HttpOptions(), httpx.MockTransport(handler))  # type: ignore[arg-type]
        return asyncio.run(http.send(sent))

    return sync if request.param == "sync" else through_a_loop


@pytest.mark.parametrize(
    ("failure", "kind", "sent"),
    [
        (httpx.ConnectError("refused"), ConnectFailed, False),
        (httpx.ProxyError("407 Proxy Authentication Required"), ConnectFailed, False),
        (httpx.ConnectTimeout(""), TransportTimeout, False),
        (httpx.PoolTimeout(""), TransportTimeout, False),
        (httpx.ReadTimeout(""), TransportTimeout, True),
        (httpx.WriteTimeout(""), TransportTimeout, True),
        (httpx.ReadError("reset"), ConnectionCut, True),
        (httpx.WriteError("reset"), ConnectionCut, True),
        (httpx.CloseError("closed"), ConnectionCut, True),
        (httpx.RemoteProtocolError("cut"), ConnectionCut, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_failure_of_the_transport_has_an_error_of_ours(
    send: Send, failure: Exception, kind: type[TransportError], sent: bool
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(kind, match=r"getLimits: .*acme\.example") as caught:
        send(handler)

    assert caught.value.sent is sent
    assert caught.value.__cause__ is failure


def test_no_class_of_httpx_errors_is_forgotten() -> None:
    def classes(kind: type[Exception]) -> Iterator[type[Exception]]:
        for below in kind.__subclasses__():
            yield from (below, *classes(below))

    for kind in classes(httpx.TransportError):
        ours = translated(kind("x"), REQUEST)
        assert isinstance(ours, TransportError | InputError)


def test_an_untrusted_certificate_comes_with_advice(send: Send) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate")

    with pytest.raises(ConnectFailed, match="verify="):
        send(handler)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
def test_compressed_answers_are_inflated(send: Send, encoding: str) -> None:
    packed = zlib.compress(b"hello" * 100) if encoding == "deflate" else gzip.compress(b"hello" * 100)

    reply = send(lambda _: raw(packed, content_encoding=encoding))

    assert reply.content == b"hello" * 100


def test_a_gzip_answer_of_several_members_is_read_to_its_end(send: Send) -> None:
    packed = gzip.compress(b"one,") + gzip.compress(b"two")

    assert send(lambda _: raw(packed, content_encoding="gzip")).content == b"one,two"


def test_a_gzip_answer_without_its_end_is_cut(send: Send) -> None:
    packed = gzip.compress(b"hello" * 1000)[:-9]

    with pytest.raises(ConnectionCut, match="ended early"):
        send(lambda _: raw(packed, content_encoding="gzip"))


def test_an_answer_shorter_than_its_length_is_cut(send: Send) -> None:
    with pytest.raises(ConnectionCut, match="5 of 500 bytes"):
        send(lambda _: raw(b"hello", content_length="500"))


def test_broken_compression_is_no_content(send: Send) -> None:
    with pytest.raises(DecodeError, match="compression"):
        send(lambda _: raw(b"hello, this was never compressed", content_encoding="gzip"))


def test_an_encoding_that_was_not_asked_for_is_refused(send: Send) -> None:
    with pytest.raises(DecodeError, match="br"):
        send(lambda _: raw(b"hello", content_encoding="br"))


def test_an_answer_above_the_cap_is_refused_even_if_it_was_small_on_the_wire(send: Send) -> None:
    bomb = gzip.compress(b"0" * 1_000_000)

    with pytest.raises(DecodeError, match="max_response_bytes=1000"):
        send(lambda _: raw(bomb, content_encoding="gzip"), options=HttpOptions(max_response_bytes=1000))


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b"])
def test_a_header_value_with_a_line_break_is_refused_before_anything_is_sent(send: Send, value: str) -> None:
    server = ScriptedServer(json_answer({}))

    with pytest.raises(InputError, match="control characters"):
        send(server, HttpRequest("GET", "https://acme.example", (("X-Note", value),)))

    assert not server.requests


def test_a_header_value_outside_latin_1_is_refused(send: Send) -> None:
    with pytest.raises(InputError, match="X-Note"):
        send(ScriptedServer(json_answer({})), HttpRequest("GET", "https://acme.example", (("X-Note", "日本"),)))


def test_what_is_no_url_is_refused(send: Send) -> None:
    with pytest.raises(InputError, match="URL"):
        send(ScriptedServer(json_answer({})), HttpRequest("GET", "https://acme.example/\n"))


def test_a_body_of_known_length_says_so_and_is_opened_for_each_try(send: Send) -> None:
    opened: list[int] = []

    def pieces() -> Iterator[bytes]:
        opened.append(1)
        yield from (b"one", b"two")

    got: list[tuple[str | None, bytes]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        got.append((request.headers.get("content-length"), request.content))
        return httpx.Response(201)

    sent = HttpRequest("PUT", "https://acme.example", body=StreamBody(pieces, 6))
    send(handler, sent)
    send(handler, sent)

    assert got == [("6", b"onetwo")] * 2
    assert len(opened) == 2


def test_a_body_of_unknown_length_goes_out_chunked(send: Send) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert request.headers["transfer-encoding"] == "chunked"
        return httpx.Response(201, content=request.content)

    reply = send(handler, HttpRequest("PUT", "https://acme.example", body=StreamBody(lambda: iter([b"a", b"b"]))))

    assert reply.content == b"ab"


def test_a_body_that_is_not_read_to_its_end_is_closed(send: Send) -> None:
    closed: list[int] = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(1)

    class Refusing(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert isinstance(request.stream, httpx.SyncByteStream)
            next(iter(request.stream))
            raise httpx.WriteError("reset")

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            await anext(aiter(request.stream))
            raise httpx.WriteError("reset")

    sent = HttpRequest("PUT", "https://acme.example", body=StreamBody(pieces, 6))
    with pytest.raises(ConnectionCut):
        _http.Http(HttpOptions(), Refusing()).send(sent)
    with pytest.raises(ConnectionCut):
        asyncio.run(_http.AsyncHttp(HttpOptions(), Refusing()).send(sent))

    assert len(closed) == 2


def test_the_body_s_pieces_are_read_off_the_loop() -> None:
    import threading

    threads: list[threading.Thread] = []

    def pieces() -> Iterator[bytes]:
        threads.append(threading.current_thread())
        yield b"one"

    http = _http.AsyncHttp(HttpOptions(), httpx.MockTransport(lambda _: httpx.Response(201)))
    asyncio.run(http.send(HttpRequest("PUT", "https://acme.example", body=StreamBody(pieces, 3))))

    assert threads
    assert threading.main_thread() not in threads


def test_redirects_end(send: Send) -> None:
    server = ScriptedServer(httpx.Response(307, headers={"location": "/again"}))

    reply = send(server)

    assert reply.status == 307
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location", ["http://acme.example/x", "https://acme.example:444/x", "https://evil.example/x", "//evil.example/x"]
)
def test_a_redirect_to_another_scheme_host_or_port_is_not_followed(send: Send, location: str) -> None:
    server = ScriptedServer(httpx.Response(307, headers={"location": location}))

    assert send(server).status == 307
    assert len(server.requests) == 1


def test_a_transport_that_was_given_stays_open() -> None:
    class Transport(httpx.MockTransport):
        closed = False

        def close(self) -> None:
            self.closed = True

    half = Half("sync")
    transport = Transport(ScriptedServer(json_answer({})))
    http = _http.Http(HttpOptions(), transport)

    http.send(REQUEST)
    http.close()

    assert not transport.closed
    half.end()


def test_the_proxy_comes_from_the_option_or_else_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    assert route("https://acme.example/x", HttpOptions()) == ("https", None)
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")

    assert route("https://acme.example/x", HttpOptions()) == ("https", "http://proxy.example:3128")
    assert route("https://inside.example/x", HttpOptions()) == ("https", None)
    assert route("https://acme.example/x", HttpOptions(trust_env=False)) == ("https", None)
    assert route("https://acme.example/x", HttpOptions(proxy="http://mine:1")) == ("https", "http://mine:1")


def test_one_tls_context_serves_all_clients_of_a_process() -> None:
    one = _tls.context(True, None, http2=False)

    assert _tls.context(True, None, http2=False) is one
    assert one.verify_mode == ssl.CERT_REQUIRED
    assert one.check_hostname


def test_an_own_tls_context_is_used_as_it_is() -> None:
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    assert _tls.context(mine, None, http2=False) is mine


def test_checking_can_be_switched_off() -> None:
    assert _tls.context(False, None, http2=False).verify_mode == ssl.CERT_NONE


def test_a_ca_bundle_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.pem"):
        _tls.context(tmp_path / "missing.pem", None, http2=False)


def test_a_ca_bundle_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nonsense")

    with pytest.raises(InputError, match=r"ca\.pem"):
        _tls.context(tmp_path / "ca.pem", None, http2=False)


def test_a_client_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cert\.pem"):
        _tls.context(True, (tmp_path / "cert.pem", tmp_path / "key.pem"), http2=False)


def test_plain_http_builds_no_real_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tls, "context", lambda *_args, **_options: pytest.fail("a TLS context was built"))

    transport_arguments(("http", None), HttpOptions())


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("proxy.example:3128", "http://"),
        ("me:s3cret@proxy.example:3128", "http://"),
        ("ftp://me:s3cret@proxy.example", "http://"),
        ("http://", "http://"),
        ("http://me:s3cret@proxy.example:99999", "out of range"),
        ("http://me:s3cret@proxy.example/path", "isn't a proxy's address"),
        ("http://me:s3cret@proxy.example\r\n", "isn't a proxy's address"),
        ("socks4://me:s3cret@proxy.example", "socks5"),
        ("socks5://me:s3cret@proxy.example", r"httpx\[socks\]"),
        (3128, "int"),
    ],
)
def test_what_is_no_proxy_is_refused_when_it_is_said(proxy: Any, words: str) -> None:
    with pytest.raises(InputError, match=f"proxy.*{words}") as caught:
        HttpOptions(proxy=proxy)

    assert "s3cret" not in str(caught.value)


def test_a_proxy_of_the_environment_that_is_none_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("https_proxy", "socks4://proxy.example")

    with pytest.raises(InputError, match="HTTPS_PROXY"):
        route("https://acme.example/x", HttpOptions())


@pytest.mark.parametrize(
    "setting",
    [
        *({name: value} for name in ("timeout_s", "connect_timeout_s", "idle_timeout_s") for value in BAD_SECONDS),
        *({"max_connections": value} for value in (0, -1, 1.5, True, "5", None)),
        *({"max_idle_connections": value} for value in (-1, 1.5, None)),
        *({"max_response_bytes": value} for value in (0, -1, 1.5, "5")),
        {"verify": 1},
        {"verify": None},
    ],
    ids=str,
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(setting: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(setting))):
        HttpOptions(**setting)


def test_a_failure_behind_a_proxy_names_the_proxy_without_its_password() -> None:
    error = translated(httpx.ConnectError("refused"), REQUEST, "http://me:s3cret@proxy.example:3128")

    assert isinstance(error, ConnectFailed)
    assert "acme.example through the proxy http://proxy.example:3128" in str(error)
    assert "proxy=" in error.hint
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("name", ["", "X Note", "X-Note:", "X-Note\r\nX-Evil", "X-Nöte"])
def test_what_is_no_header_name_is_refused_before_anything_is_sent(send: Send, name: str) -> None:
    server = ScriptedServer(json_answer({}))

    with pytest.raises(InputError, match="header"):
        send(server, HttpRequest("GET", "https://acme.example", ((name, "x"),)))

    assert not server.requests


def test_a_transport_of_the_other_half_is_refused() -> None:
    with pytest.raises(InputError, match="BaseTransport"):
        _http.Http(HttpOptions(), httpx.AsyncHTTPTransport())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="AsyncBaseTransport"):
        _http.AsyncHttp(HttpOptions(), httpx.HTTPTransport())  # type: ignore[arg-type]


def test_a_proxy_with_a_password_is_not_shown() -> None:
    assert "secret" not in repr(HttpOptions(proxy="http://me:secret@proxy.example"))


def raw(content: bytes, **headers: str) -> httpx.Response:
    """An answer whose bytes and headers don't have to fit each other."""
    stream = httpx.ByteStream(content)
    return httpx.Response(200, headers={k.replace("_", "-"): v for k, v in headers.items()}, stream=stream)
