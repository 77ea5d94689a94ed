"""What persons have allowed, or are asked to: authorization codes, device codes, and which user approved which app.

Source: specs/reference/auth.md sections 2 and 4.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from specforce_mockserver.oauth.formats import OAuthError

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

CODE_LIFETIME_S = 900.0
DEVICE_LIFETIME_S = 600.0
INTERVAL_S = 5
USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person allowed: which app, as which user, what for; `nonce` goes into the ID token."""

    client_id: str
    user_id: str
    scope: str
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class _Code:
    allowed: Allowed
    redirect_uri: str
    challenge: str | None
    expires_at_s: float
    used: bool = False


@dataclass(slots=True)
class Device:
    """A device that waits for its user."""

    device_code: str
    user_code: str
    client_id: str
    scope: str
    expires_at_s: float
    state: Literal["pending", "denied"] | Allowed = "pending"
    interval_s: int = INTERVAL_S
    asked_at_s: float | None = None


class Authorizations:
    """The codes and approvals of one org: a part of it, gone with a reset.

    Attributes:
        automatic: nobody is asked: the org's default user has allowed everything.
    """

    def __init__(self, org: Org) -> None:
        self.automatic = org.settings.automatic_login
        self._clock = org.clock
        self._lock = threading.Lock()
        self._codes: dict[str, _Code] = {}
        self._devices: dict[str, Device] = {}
        self._approved: set[tuple[str, str]] = set()

    def approved(self, client_id: str, user_id: str) -> bool:
        """Whether a user has approved an app by a login in person."""
        return (client_id, user_id) in self._approved

    def code(self, allowed: Allowed, redirect_uri: str, challenge: str | None) -> str:
        """Make an authorization code.

        Args:
            allowed: what it stands for.
            redirect_uri: where it is sent.
            challenge: of PKCE, where the app sent one.
        """
        code = "aPrx" + secrets.token_urlsafe(48).replace("-", ".")
        with self._lock:
            self._approved.add((allowed.client_id, allowed.user_id))
            self._codes[code] = _Code(allowed, redirect_uri, challenge, self._clock.now() + CODE_LIFETIME_S)
        return code

    def knows(self, code: str) -> bool:
        """Whether it made a code: of a redirect, of a device, or the one that a person types."""
        return code in self._codes or code in self._devices or self.waiting(code) is not None

    def redeem(self, code: str, *, client_id: str, redirect_uri: str, verifier: str | None) -> Allowed:
        """What an authorization code stands for; it works once.

        Raises:
            OAuthError: unknown, used, too old, of another app, or the redirect URI or the verifier isn't its own.
        """
        with self._lock:
            found = self._codes.get(code)
            if found is None or found.allowed.client_id != client_id:
                raise OAuthError("invalid_grant", "invalid authorization code")
            if found.used or self._clock.now() >= found.expires_at_s:
                raise OAuthError("invalid_grant", "expired authorization code")
            self._codes[code] = replace(found, used=True)
        if redirect_uri != found.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
        if found.challenge is not None and not _verifies(verifier or "", found.challenge):
            raise OAuthError("invalid_grant", "invalid code verifier")
        return found.allowed

    def device(self, client_id: str, scope: str) -> Device:
        """Make the codes of a device."""
        user_code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(8))
        device = Device(secrets.token_urlsafe(24), user_code, client_id, scope, self._clock.now() + DEVICE_LIFETIME_S)
        with self._lock:
            self._devices[device.device_code] = device
        return device

    def waiting(self, user_code: str) -> Device | None:
        """The device whose code a person typed, if it still waits."""
        typed = user_code.strip().upper().replace("-", "")
        return next(
            (
                each
                for each in self._devices.values()
                if each.user_code == typed and each.state == "pending" and self._clock.now() < each.expires_at_s
            ),
            None,
        )

    def decide(self, device: Device, allowed: Allowed | None) -> None:
        """Let a device in, or not."""
        with self._lock:
            device.state = "denied" if allowed is None else allowed
            if allowed is not None:
                self._approved.add((allowed.client_id, allowed.user_id))

    def poll(self, device_code: str, client_id: str) -> Allowed:
        """What a device was allowed; it is told once.

        Raises:
            OAuthError: not yet, no, too late, or asked too often.
        """
        with self._lock:
            device = self._devices.get(device_code)
            now = self._clock.now()
            if device is None or device.client_id != client_id or now >= device.expires_at_s:
                raise OAuthError("invalid_grant", "invalid device code")
            if device.state == "denied":
                raise OAuthError("access_denied", "end-user denied authorization")
            if isinstance(device.state, Allowed):
                del self._devices[device_code]
                return device.state
            asked, device.asked_at_s = device.asked_at_s, now
            # Under `auto` each poll is a tick: as if the interval had passed.
            if self._clock.kind != "auto" and asked is not None and now - asked < device.interval_s:
                device.interval_s += INTERVAL_S
                raise OAuthError("slow_down", "polling too quickly for the token endpoint.")
            raise OAuthError("authorization_pending", "authorization pending")


def _verifies(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return secrets.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.rstrip("=").encode())
