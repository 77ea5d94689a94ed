"""What a provider gets and gives: a `Call`, an `Answer`, an `ApiError`. No HTTP library is known here.

A `Call` holds the request after routing, login and validation. Parameters are under the names they have on the
wire, typed as the spec says. A body is parsed JSON, or an `Upload` on disk where the spec says `format: binary`, or
a list of `Part` for multipart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from specforce_mockserver.jackson import locate, syntax_message
from specforce_mockserver.records.options import SaveOptions, options_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from .oauth.sessions import Session
    from .operations import OperationSpec
    from .org import Org

Json = Any
MAX_JSON_BYTES = 50_000_000


class ApiError(Exception):
    """A refusal in Salesforce's words; the app shapes it as the API it belongs to does.

    Source: specs/reference/errors_and_limits.md sections 1 and 3.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        duplicate: Mapping[str, Any] | None = None,
    ) -> None:
        """Say no.

        Args:
            status: HTTP status.
            code: Salesforce's errorCode.
            message: the exact text.
            fields: API names of fields; None leaves the key out, as request-level errors do.
            headers: headers to send beside the fixed set.
            duplicate: what a duplicate rule found.
        """
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else list(fields)
        self.headers = dict(headers or {})
        self.duplicate = duplicate


def not_found() -> ApiError:
    """The answer to an unknown path, object, job or version."""
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


@dataclass(slots=True)
class Upload:
    """A request body that was written to a file as it came in (already un-gzipped)."""

    path: Path
    size_bytes: int
    media_type: str

    def open(self) -> BinaryIO:
        """Open it for reading."""
        return self.path.open("rb")

    def mapped(self) -> bytes | mmap:
        """The whole body as a mapping of the file, which lives until nothing refers to it."""
        if not self.size_bytes:
            return b""
        with self.open() as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)

    def move_to(self, target: Path) -> Path:
        """Keep the file: it is removed after the call otherwise."""
        return self.path.replace(target)


@dataclass(slots=True)
class Part:
    """One part of a multipart body; `content` is a view of it, in a file as a rule."""

    name: str
    filename: str | None
    media_type: str
    content: memoryview

    def json_object(self) -> dict[str, Any]:
        """The JSON object that it holds.

        Raises:
            ApiError: 400 JSON_PARSER_ERROR, it holds none, or more text than a request body may have.
        """
        text = bytes(self.content[:MAX_JSON_BYTES])
        try:
            return msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.ValidationError as error:
            message = f"Can not deserialize SObject: {error} at {locate(text, ())}"
            raise ApiError(400, "JSON_PARSER_ERROR", message) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ApiError(400, "JSON_PARSER_ERROR", syntax_message(text)) from None


@dataclass(frozen=True, slots=True)
class Subrequest:
    """A request inside another one's body; `url` begins at the host's root, `body` is NOTHING where there is none."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True, slots=True)
class Subanswer:
    """The answer to a request inside another one: what a request of its own would have been answered.

    `operation_id` is None where the URL leads nowhere; `body` is None where there is none.
    """

    operation_id: str | None
    status: int
    headers: Mapping[str, str]
    body: Json


Permit = Callable[["OperationSpec"], None]
Send = Callable[[Subrequest, Permit], Subanswer]


@dataclass(slots=True)
class Call:
    """One request on its way to a provider; `send` runs others in its name, where it isn't itself inside another."""

    org: Org
    operation: OperationSpec
    method: str
    path: str
    base_url: str
    api_version: str
    params: dict[str, Any]
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    session: Session | None = None
    body: Json = None
    raw_body: bytes = b""
    send: Send | None = None

    def run(self, subrequest: Subrequest, permit: Permit) -> Subanswer:
        """Run a request in the name of this one; `permit` refuses operations that have no place there.

        Raises:
            ApiError: 400, this one is itself inside another. [E]
        """
        if self.send is None:
            raise ApiError(400, "INVALID_INPUT", "A subrequest can't hold subrequests")
        return self.send(subrequest, permit)

    @property
    def version(self) -> float:
        """The API version as a number, to compare with."""
        return float(self.api_version)

    @property
    def data_path(self) -> str:
        """Where this version's resources are mounted: `/services/data/v67.0`."""
        return f"/services/data/v{self.api_version}"

    @property
    def saving(self) -> SaveOptions:
        """What the request's headers say about saving records."""
        return options_of(self.headers, self.data_path)

    @property
    def user_id(self) -> str:
        """Who calls; the org's administrator for a call without login."""
        return self.session.user_id if self.session else self.org.identity.admin_id


class _Nothing:
    """The body of an answer that has none; JSON's null is a body."""


NOTHING: Final = _Nothing()


@dataclass(slots=True)
class FileSlice:
    """Part of a file, sent as it is; `prefix` goes before it (a CSV page's header row)."""

    path: Path
    start: int = 0
    length: int | None = None
    prefix: bytes = b""


@dataclass(slots=True)
class Answer:
    """What a provider says: a JSON-ready `body`, or `content` of a media type of its own.

    `as_stored` content goes out as it is: never compressed, and without the Vary header that tells of it.
    """

    body: Json = NOTHING
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    content: bytes | FileSlice | Iterable[bytes] | None = None
    media_type: str | None = None
    as_stored: bool = False


def empty(status: int = 204, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer without body."""
    return Answer(status=status, headers=dict(headers or {}))
