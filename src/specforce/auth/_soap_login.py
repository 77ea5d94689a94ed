"""The SOAP login: a user's name and password for a session, without any app."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from specforce import _urls
from specforce_api.runtime.errors import ApiError, AuthError, InputError, error_from_reply

from ._credentials import Credentials, needed
from ._retirements import SOAP_LOGIN_ENDS, RetirementWarning
from ._token import Token

if TYPE_CHECKING:
    from specforce_api.runtime.errors import SalesforceError
    from specforce_api.runtime.operation import Operation, OperationInfo, Reply
    from specforce_api.soap.models import LoginResult

LOGIN_VERSION: Final = "64.0"
"""The last API version that has the login; its session is good for every version."""

_HINTS: Final = {
    "INVALID_LOGIN": "check username, password and security token (a reset makes a new one); a sandbox's users log in "
    "at its own address or at https://test.salesforce.com",
    "LOGIN_MUST_USE_SECURITY_TOKEN": "pass security_token=, or trust this network in the org",
    "INVALID_OPERATION_WITH_EXPIRED_PASSWORD": "the password has expired: set a new one",
    "PASSWORD_LOCKOUT": "too many wrong passwords: wait, or let an admin unlock the user",
    "ORG_LOCKED": "Salesforce has locked the org",
    "UNSUPPORTED_API_VERSION": "this org has no SOAP login any more: use ClientCredentials, or JwtBearer",
    "API_DISABLED_FOR_ORG": "the org's edition, or the user's profile, has no API",
}


@dataclass(frozen=True)
class SoapLogin(Credentials):
    """A user's name and password, by the SOAP API's login. Salesforce is retiring it, and new orgs have it off.

    Args:
        security_token: appended to the password; needed unless the network is trusted by the org.
        login_url: where to log in; the answer names the instance.

    Warns:
        RetirementWarning: always, with what is known of the dates.

    Raises:
        InputError: something is blank.
    """

    username: str
    password: str = field(repr=False)
    security_token: str = field(default="", repr=False)
    login_url: str = field(default=_urls.PRODUCTION_LOGIN, kw_only=True)

    flow: ClassVar[str] = "soap"

    def __post_init__(self) -> None:
        needed(username=self.username, password=self.password)
        object.__setattr__(self, "login_url", _urls.base_url(self.login_url, name="login_url"))
        warnings.warn(SOAP_LOGIN_ENDS, RetirementWarning, stacklevel=3)

    def operation(self) -> Operation[LoginResult]:
        """The login, ready to send."""
        from specforce_api.soap import operations  # noqa: PLC0415 - only this login needs it

        return operations.login(self.username, self.password + self.security_token)

    def identity(self) -> tuple[str, ...]:
        """A user."""
        return (self.flow, self.login_url, self.username)


def token_of(found: LoginResult, url: str) -> Token:
    """The token of a login.

    Args:
        url: where it was asked, for the error.

    Raises:
        AuthError: the password has expired, or the answer holds no session.
    """
    if found.password_expired:
        raise AuthError(
            f"the user's password has expired (from {url})",
            error="INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
            hint=_HINTS["INVALID_OPERATION_WITH_EXPIRED_PASSWORD"],
        )
    address, path, _ = (found.server_url or "").partition("/services/")
    try:
        return Token(found.session_id or "", address if path else None)
    except InputError as error:
        raise AuthError(f"no session in the answer from {url}: {error}") from None


def refusal(info: OperationInfo, reply: Reply) -> SalesforceError:
    """The error for a login that is refused; a server that is down stays an `ApiError`, to be asked again."""
    error = error_from_reply(info, reply)
    if error.fault is None or error.error_code in ("SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED"):
        return error
    return _refused(error)


def _refused(error: ApiError) -> AuthError:
    return AuthError(
        f"{error.error_code or 'refused'}: {error.message}",
        error=error.error_code,
        description=error.message,
        hint=_HINTS.get(error.error_code, ""),
        status=error.status,
    )
