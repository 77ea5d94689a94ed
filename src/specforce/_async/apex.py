"""Apex REST: the endpoints that an org's own classes serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from specforce._apex import ReadOptions, WriteOptions, operation_for
from specforce_api.runtime.operation import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from .session import AsyncSession

R = TypeVar("R")


class AsyncApex:
    """Calls endpoints below /services/apexrest, which has no API version in its paths.

    sf.apex.post("/Cases", json={"subject": "Noise"}, returns=Case)
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self._session!r}>"

    @overload
    async def execute(
        self, method: str, path: str | Sequence[str], *, returns: None = None, **options: Unpack[WriteOptions]
    ) -> Any: ...
    @overload
    async def execute(
        self, method: str, path: str | Sequence[str], *, returns: type[R], **options: Unpack[WriteOptions]
    ) -> R: ...
    async def execute(
        self, method: str, path: str | Sequence[str], *, returns: Any = None, **options: Unpack[WriteOptions]
    ) -> Any:
        """Call an endpoint. Every 2xx is a success.

        Args:
            method: GET, HEAD, POST, PUT, PATCH or DELETE.
            path: as the class maps it, `/Cases/500...`, of a managed package with its namespace first; values that
                may hold anything, slashes too, go into a list of segments: `["Cases", number]`.
            returns: what to read the answer as: a msgspec Struct, a dataclass, an attrs class, `list[...]` of one,
                `dict`, `int`, `str` for text, `bytes`, `Reply` for status, headers and body. Without it, what its media
                type says: JSON, text, bytes; `None` for no body.
            json: the body as JSON: any value, also a record of a class; datetimes need a zone.
            content: the body as it is, text (in UTF-8) or bytes.
            content_type: its media type; `text/plain` for text and `application/octet-stream` for bytes without one.
            params: the query; a list goes out as several pairs, `None` not at all.
            headers: further headers.
            accept: the media types that the answer may have, such as `application/xml`.
            repeatable: that calling it twice does no harm, so that failures may be retried; GET and HEAD without it.

        Raises:
            NotFound: no class maps the path. ApexError: an exception in the class, with its text and stack.
            ApiError: another status, chosen by the class or by Salesforce; `.body` is what came with it.
            DecodeError: the answer doesn't fit `returns`; the text names the field.
            InputError: a path that climbs, a header that can't be sent, a naive datetime.
        """
        return await self._session.send(operation_for(method, path, returns, **options))

    @overload
    async def get(self, path: str | Sequence[str], *, returns: None = None, **options: Unpack[ReadOptions]) -> Any: ...
    @overload
    async def get(self, path: str | Sequence[str], *, returns: type[R], **options: Unpack[ReadOptions]) -> R: ...
    async def get(self, path: str | Sequence[str], *, returns: Any = None, **options: Unpack[ReadOptions]) -> Any:
        """Call an endpoint by GET; see `execute`."""
        return await self._session.send(operation_for("GET", path, returns, **options))

    async def head(self, path: str | Sequence[str], **options: Unpack[ReadOptions]) -> Mapping[str, str]:
        """The headers that GET would answer with, names in lower case; see `execute`."""
        reply: Reply = await self._session.send(operation_for("HEAD", path, Reply, **options))
        return reply.headers

    @overload
    async def post(
        self, path: str | Sequence[str], *, returns: None = None, **options: Unpack[WriteOptions]
    ) -> Any: ...
    @overload
    async def post(self, path: str | Sequence[str], *, returns: type[R], **options: Unpack[WriteOptions]) -> R: ...
    async def post(self, path: str | Sequence[str], *, returns: Any = None, **options: Unpack[WriteOptions]) -> Any:
        """Call an endpoint by POST; see `execute`."""
        return await self._session.send(operation_for("POST", path, returns, **options))

    @overload
    async def put(self, path: str | Sequence[str], *, returns: None = None, **options: Unpack[WriteOptions]) -> Any: ...
    @overload
    async def put(self, path: str | Sequence[str], *, returns: type[R], **options: Unpack[WriteOptions]) -> R: ...
    async def put(self, path: str | Sequence[str], *, returns: Any = None, **options: Unpack[WriteOptions]) -> Any:
        """Call an endpoint by PUT; see `execute`."""
        return await self._session.send(operation_for("PUT", path, returns, **options))

    @overload
    async def patch(
        self, path: str | Sequence[str], *, returns: None = None, **options: Unpack[WriteOptions]
    ) -> Any: ...
    @overload
    async def patch(self, path: str | Sequence[str], *, returns: type[R], **options: Unpack[WriteOptions]) -> R: ...
    async def patch(self, path: str | Sequence[str], *, returns: Any = None, **options: Unpack[WriteOptions]) -> Any:
        """Call an endpoint by PATCH; see `execute`."""
        return await self._session.send(operation_for("PATCH", path, returns, **options))

    @overload
    async def delete(
        self, path: str | Sequence[str], *, returns: None = None, **options: Unpack[ReadOptions]
    ) -> Any: ...
    @overload
    async def delete(self, path: str | Sequence[str], *, returns: type[R], **options: Unpack[ReadOptions]) -> R: ...
    async def delete(self, path: str | Sequence[str], *, returns: Any = None, **options: Unpack[ReadOptions]) -> Any:
        """Call an endpoint by DELETE; see `execute`."""
        return await self._session.send(operation_for("DELETE", path, returns, **options))
