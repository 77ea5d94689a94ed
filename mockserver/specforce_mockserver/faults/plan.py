"""One fault plan: what it names, what it does, and the words that it does it in."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FaultKind = Literal[
    "status",
    "cut",
    "truncate",
    "drop_before",
    "drop_after",
    "hang",
    "expire_tokens",
    "slow",
    "fail_job",
    "stick_job",
    "row_errors",
    "record_errors",
]
JOB_KINDS: frozenset[FaultKind] = frozenset({"fail_job", "stick_job", "row_errors"})
RECORD_KINDS: frozenset[FaultKind] = frozenset({"record_errors"})
ANY_OPERATION = "*"
DEFAULT_HANG_S = 300.0
MAINTENANCE_PAGE = (
    "<html><head><title>Service Unavailable</title></head>"
    "<body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience.</p></body></html>"
)
JOB_FAILURE = "InternalServerError : An unexpected error occurred"
_PAGE_TYPE = "text/html;charset=UTF-8"
_LOCKED = ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records")
_DEFAULT_ERRORS: dict[int, tuple[str, str]] = {
    401: ("INVALID_SESSION_ID", "Session expired or invalid"),
    403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    404: ("NOT_FOUND", "The requested resource does not exist"),
    429: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    500: (
        "UNKNOWN_EXCEPTION",
        "An unexpected error occurred. Please include this ErrorId if you contact support: 12345-67890 (-123456)",
    ),
}


@dataclass(slots=True)
class Fault:
    """One plan.

    Args:
        kind: what happens; an error status when left out.
        operation: the operationId that it hits, for kinds about jobs and records their operation, such as `insert`; `*`
            and `?` stand for any text and any character.
        times: how many calls, jobs or records it hits; None for every one.
        skip: how many that fit pass before it begins.
        status: the status of kind `status`.
        error_code: Salesforce's errorCode in the body, or of refused rows; a usual one when left out.
        message: its message; the `errorMessage` of a job that fails.
        body: what to send instead of an error array; a maintenance page in HTML for 502 and 503 when left out.
        content_type: the media type of `body`.
        headers: further headers, such as Retry-After.
        after_bytes: where `cut` and `truncate` end the body, ...
        seconds: how long `hang` lasts at most.
        after_lines: ... or after how many lines they do.
        method: only calls of this method, ...
        path: ... to a path like this (`*` and `?` as above, without the query), ...
        user: ... by the user of this name or Id, ...
        sobject: ... about this object, as the path or the job that it names say; jobs and records of it, ...
        job: ... about the job of this Id.
        probability: the share of the calls that fit, or of the rows of a job, that it hits.
        seed: decides which; the same seed, the same ones.
        delay_s: how long the call is held up first.
        bytes_per_s: how fast the answer's body is sent; at full speed when left out.
        request_bytes_per_s: how fast the request's body is read; not that of SOAP, which names the operation.
        after_records: how many rows a job that fails processes before.
        every: of a job's rows, or of the records that fit, refuse each n-th: 3 means the third, the sixth ...
        column: refuse rows by their cell in this column, a name of the header, or records by this field: ...
        equals: ... where it is this, ...
        matches: ... or like this, with `*` and `?` as above.
    """

    kind: FaultKind = "status"
    operation: str = ANY_OPERATION
    times: int | None = 1
    skip: int = 0
    status: int = 503
    error_code: str | None = None
    message: str | None = None
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    after_bytes: int = 0
    seconds: float = DEFAULT_HANG_S
    after_lines: int | None = None
    method: str | None = None
    path: str | None = None
    user: str | None = None
    sobject: str | None = None
    job: str | None = None
    probability: float = 1.0
    seed: int = 0
    delay_s: float = 0.0
    bytes_per_s: int | None = None
    request_bytes_per_s: int | None = None
    after_records: int = 0
    every: int | None = None
    column: str | None = None
    equals: str | None = None
    matches: str | None = None
    hits: int = 0
    id: int = 0
    _seen: int = field(default=0, init=False, repr=False, compare=False)
    _random: Random | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def spent(self) -> bool:
        """Whether it hits no more."""
        return self.times is not None and self.hits >= self.times

    def strikes(self) -> bool:
        """Whether it hits something that fits, which counts: as one to skip, by chance, or as a hit."""
        if self.spent:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.probability < 1 and self.kind != "row_errors":
            self._random = self._random or Random(self.seed)  # noqa: S311 - repeatable, nothing secret
            if self._random.random() >= self.probability:
                return False
        self.hits += 1
        return True

    def picks(self, cell: Callable[[str], object]) -> bool:
        """Whether it refuses the next record that fits: by its value, as the n-th of these, by chance.

        Args:
            cell: the record's value of a field.
        """
        if self.column is not None and not holds(cell(self.column), self.equals, self.matches):
            return False
        self._seen += 1
        return (self.every is None or self._seen % self.every == 0) and self.strikes()

    def error(self) -> tuple[str, str]:
        """The errorCode and the message of the body, or of refused rows."""
        usual = ("SERVER_UNAVAILABLE", "Server unavailable")
        of_rows = self.kind in {"row_errors", "record_errors"}
        code, message = _LOCKED if of_rows else _DEFAULT_ERRORS.get(self.status, usual)
        if self.error_code is not None and self.error_code != code:
            code, message = self.error_code, self.error_code.replace("_", " ").lower()
        return code, self.message if self.message is not None else message

    def page(self) -> tuple[str, str] | None:
        """The body and media type that stand in for an error array; None when there is to be an array."""
        if self.body is not None:
            return self.body, self.content_type or _PAGE_TYPE
        if self.status in {502, 503} and self.error_code is None:
            return MAINTENANCE_PAGE, self.content_type or _PAGE_TYPE
        return None

    def kept(self, content: bytes) -> int:
        """How many bytes of a body `cut` and `truncate` let through."""
        if self.after_lines is None:
            return self.after_bytes
        end = 0
        for _ in range(self.after_lines):
            end = content.find(b"\n", end) + 1
            if end == 0:
                return len(content)
        return end

    def public(self) -> dict[str, Any]:
        """As JSON over `/__mock/faults`."""
        return {name: getattr(self, name) for name in _PUBLIC}


def holds(value: object, equals: str | None, matches: str | None) -> bool:
    """Whether a cell is what a plan says: like `matches`, where that is given, else `equals`."""
    if matches is not None:
        return value is not None and fnmatchcase(str(value), matches)
    return value == equals or (value is not None and str(value) == equals)


_PUBLIC = tuple(each.name for each in fields(Fault) if not each.name.startswith("_"))


def fault_from(members: Mapping[str, Any]) -> Fault:
    """A plan from JSON.

    Raises:
        ValueError: an unknown member, named with what there is.
    """
    known = {*_PUBLIC} - {"hits", "id"}
    unknown = sorted(set(members) - known)
    if unknown:
        message = f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}"
        raise ValueError(message)
    return Fault(**members)
