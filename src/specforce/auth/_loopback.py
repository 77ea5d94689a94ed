"""The server on loopback that a browser comes back to: one path, one answer, and no word of it in any log."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from specforce._urls import loopback_address
from specforce_api.runtime.errors import AuthError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>specforce</title><p>{}</p></html>'
_DONE = _PAGE.format("The answer has arrived. You can close this window.")
_OTHER = _PAGE.format("This isn't the answer to the login that is under way.")
_IDLE_S = 10


class Loopback:
    """Listens at a redirect URI until it is closed.

    Args:
        redirect_uri: where to listen; port 0 takes a free one.
        is_answer: tells a query string that is waited for from anything else, which is turned away.

    Attributes:
        redirect_uri: where it listens, with the port that it got.

    Raises:
        InputError: the URI isn't on loopback, or its port is taken.
    """

    def __init__(self, redirect_uri: str, is_answer: Callable[[str], bool]) -> None:
        port, path = loopback_address(redirect_uri)
        try:
            self._server = _Server(port, path, is_answer)
        except OSError as error:
            raise InputError(
                f"nothing can listen at {redirect_uri}: {error.strerror}; use another of the app's callback URLs"
            ) from None
        host = urlsplit(redirect_uri).hostname
        self.redirect_uri = f"http://{host}:{self._server.server_address[1]}{urlsplit(redirect_uri).path}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="specforce-login", daemon=True
        )
        self._thread.start()

    def wait(self, timeout_s: float) -> str:
        """The query string that the browser brought back.

        Args:
            timeout_s: seconds to wait.

        Raises:
            AuthError: no answer came in time, or `abandon` was called.
        """
        try:
            query = self._server.answers.get(timeout=timeout_s)
        except Empty:
            strange = "; an answer to another login came" if self._server.turned_away else ""
            raise AuthError(
                f"nobody logged in within {timeout_s:g} s{strange}",
                hint="open the page in a browser on this machine, and allow the app",
            ) from None
        if query is None:
            raise AuthError("the login was abandoned")
        return query

    def abandon(self) -> None:
        """Make `wait` end."""
        self._server.answers.put(None)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    """Takes connections, each in a thread: browsers open some that they never use."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, path: str, is_answer: Callable[[str], bool]) -> None:
        self.path = path
        self.answers: SimpleQueue[str | None] = SimpleQueue()
        self.turned_away = False
        self._is_answer = is_answer
        super().__init__(("127.0.0.1", port), _Handler)

    def offer(self, query: str) -> bool:
        """Take a query string if it is the answer."""
        if not self._is_answer(query):
            self.turned_away = True
            return False
        self.answers.put(query)
        return True


class _Handler(BaseHTTPRequestHandler):
    """One request of a browser."""

    timeout = _IDLE_S

    def do_GET(self) -> None:
        """Take the answer, or say that it isn't one."""
        server = cast("_Server", self.server)
        parts = urlsplit(self.path)
        if parts.path != server.path:
            self.send_error(404)
            return
        taken = server.offer(parts.query)
        content = (_DONE if taken else _OTHER).encode()
        self.send_response(200 if taken else 400)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the request line holds the code."""
