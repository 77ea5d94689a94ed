"""A request line and its headers, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from specforce_mockserver.web.asgi import Scope

MAX_URI_BYTES = 16_384
MAX_HEAD_BYTES = 16_384
METHOD_OVERRIDE = "_HttpMethod"
_OVERRIDES = frozenset({"PATCH", "DELETE", "PUT", "GET", "HEAD"})


class Request:
    """One request, without its body.

    The path is split before it is decoded, so that a percent-encoded slash stays inside its segment; empty
    segments, which double and trailing slashes make, are dropped. `_HttpMethod` in the query stands in for the
    method of a POST.
    """

    def __init__(self, scope: Scope) -> None:
        self.raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
        query: bytes = scope.get("query_string", b"")
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        self.uri_bytes = len(self.raw_path) + (len(query) + 1 if query else 0)
        self.head_bytes = self.uri_bytes + sum(len(name) + len(value) + 4 for name, value in headers)
        self.query_text = query.decode("latin-1")
        self.query = parse_qsl(self.query_text, keep_blank_values=True) if query else []
        self.path = self.raw_path.decode("latin-1")
        self.segments = [unquote(each, errors="replace") for each in self.path.split("/") if each]
        self.method: str = scope["method"]
        override = self.argument(METHOD_OVERRIDE)
        if self.method == "POST" and override is not None and override.upper() in _OVERRIDES:
            self.method = override.upper()
        self.scheme: str = scope.get("scheme", "http")
        self.root_path: str = scope.get("root_path", "")

    def argument(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def header(self, name: str) -> str:
        """A header's value, empty when it isn't there; `name` in lower case."""
        return self.headers.get(name, "")

    @property
    def base_url(self) -> str:
        """Where the caller found this server: what `instance_url` is."""
        return f"{self.scheme}://{self.header('host') or 'localhost'}{self.root_path}"

    @property
    def host(self) -> str:
        """The host that was asked, without its port."""
        return self.header("host").rpartition(":")[0] or self.header("host")

    @property
    def media_type(self) -> str | None:
        """The media type of the body, in lower case without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower() or None

    @property
    def accepted(self) -> frozenset[str]:
        """The media types that the caller names as those it takes, in lower case without parameters."""
        named = (each.partition(";")[0].strip().lower() for each in self.header("accept").split(","))
        return frozenset(each for each in named if each and "*" not in each)

    @property
    def accepts_gzip(self) -> bool:
        """Whether the caller takes compressed answers."""
        return any(
            each.partition(";")[0].strip().lower() in {"gzip", "*"} and not each.replace(" ", "").endswith(";q=0")
            for each in self.header("accept-encoding").split(",")
        )

    @property
    def wants_xml(self) -> bool:
        """Whether the caller takes XML and no JSON, or says so by the end of the path."""
        if self.segments and self.segments[-1].endswith((".xml", ".json")):
            return self.segments[-1].endswith(".xml")
        accepted = self.header("accept").lower()
        return "xml" in accepted and "json" not in accepted and "*/*" not in accepted and "html" not in accepted
