"""Whether to send a failed request again, and after how long: one pure function.

A request is repeated where that can't do anything twice: it never left, the operation is marked repeatable in the
specs, or Salesforce said that it refused the whole of it (too many requests at once, a locked row). The daily quota, a
TLS failure and an unknown host don't get better by waiting, so they aren't retried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specforce._checks import whole_number
from specforce_api.runtime.errors import (
    ApiError,
    InputError,
    IntegrityError,
    RequestLimitExceeded,
    SalesforceError,
    ServerUnavailable,
    TransportError,
    UnableToLockRow,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_api.runtime.operation import OperationInfo

_BUSY_STATUSES = frozenset({420, 502, 503, 504})
_BUSY_CODES = frozenset({"SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and how patiently a request is repeated.

    Waits grow by `factor` and are drawn at random below that bound ("full jitter"), so that many clients don't come
    back at once. A Retry-After header is obeyed.

    Attributes:
        attempts: tries in all; 1 switches retries off.
        first_delay_s: the first wait's upper bound.
        factor: growth of the bound from wait to wait.
        max_delay_s: the bound's own bound.
        max_retry_after_s: a longer Retry-After raises at once instead of waiting.
        deadline_s: no try starts later than this after the first one did.
    """

    attempts: int = 4
    first_delay_s: float = 0.5
    factor: float = 2.0
    max_delay_s: float = 30.0
    max_retry_after_s: float = 120.0
    deadline_s: float = 300.0

    def __post_init__(self) -> None:
        whole_number("attempts", self.attempts)
        for name in ("first_delay_s", "factor", "max_delay_s", "max_retry_after_s", "deadline_s"):
            value: object = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= (name == "factor"):
                raise InputError(f"{name}={value!r}: delays are numbers that aren't negative, and factor is at least 1")


ONCE: Final = Retry(attempts=1)
"""No retries: for requests of work that counts its own tries."""


def delay_before_retry(
    policy: Retry,
    info: OperationInfo | None,
    error: SalesforceError,
    *,
    attempt: int,
    elapsed_s: float,
    chance: float,
    now_epoch_s: float,
) -> float | None:
    """Seconds to wait before the next try, or `None` to give up.

    Args:
        info: the operation; `None` where the caller knows that trying again is safe, whatever happened.
        error: how this try ended.
        attempt: its number, from 1.
        elapsed_s: since the first try began.
        chance: a random number from 0 to 1.
        now_epoch_s: the wall clock, for a Retry-After that is a date.
    """
    repeatable = may_repeat(info, error) if info is not None else may_pass(error)
    if attempt >= policy.attempts or not repeatable:
        return None
    delay = chance * min(policy.max_delay_s, policy.first_delay_s * policy.factor ** (attempt - 1))
    asked = retry_after_s(error.headers, now_epoch_s) if isinstance(error, ApiError) else None
    if asked is not None:
        if asked > policy.max_retry_after_s:
            return None
        delay += asked
    return delay if elapsed_s + delay <= policy.deadline_s else None


def may_repeat(info: OperationInfo, error: SalesforceError) -> bool:
    """Is sending it again safe, and does it stand a chance?"""
    if isinstance(error, TransportError):
        return (info.repeatable or not error.sent) and not _permanent(error)
    if not isinstance(error, ApiError):
        return False
    return _refused_for_now(error) or (
        info.repeatable and (error.status in _BUSY_STATUSES or error.error_code in _BUSY_CODES)
    )


def may_pass(error: SalesforceError) -> bool:
    """Does work that is safe to do again, whatever happened, stand a better chance next time?"""
    if isinstance(error, TransportError):
        return not _permanent(error)
    if isinstance(error, ApiError):
        return _refused_for_now(error) or isinstance(error, ServerUnavailable)
    return isinstance(error, IntegrityError)


def _refused_for_now(error: ApiError) -> bool:
    """Salesforce refused the whole of it, for a reason that goes by."""
    if isinstance(error, RequestLimitExceeded):
        return "concurrent" in error.message.lower()
    return isinstance(error, UnableToLockRow) or error.status == 429


def retry_after_s(headers: Mapping[str, str], now_epoch_s: float) -> float | None:
    """What a Retry-After header asks for, in seconds or as a date; `None` without one or if it makes no sense."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - rare, and slow to import

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now_epoch_s)
    except ValueError:
        return None


def _permanent(error: SalesforceError) -> bool:
    """A certificate that isn't trusted and a host that doesn't exist stay so."""
    import socket  # noqa: PLC0415 - loaded by then
    import ssl  # noqa: PLC0415 - loaded by then

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
            return True
        cause = cause.__cause__ or cause.__context__
    return False
