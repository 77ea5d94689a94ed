"""Access and refresh tokens: made, found, ended.

An access token lives as long as it is used within the session timeout, by the org's clock. Refresh tokens live
until revoked; where the app rotates them, each use replaces the token by a new one at once. Source:
specs/reference/auth.md sections 3 and 5.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce_mockserver.ids import short

if TYPE_CHECKING:
    from specforce_mockserver.clock import Clock
    from specforce_mockserver.oauth.identity import Identity
    from specforce_mockserver.settings import OrgSettings

TOKEN_BYTES = 72


@dataclass(slots=True)
class Session:
    """One access token. `refresh_token` is the one that it came from, which ends it when revoked."""

    token: str
    user_id: str
    client_id: str
    scope: str
    issued_at_ms: int
    expires_at_s: float
    refresh_token: str | None = None

    @property
    def may_use_apis(self) -> bool:
        """Whether its scopes allow the data APIs."""
        return not {"api", "full"}.isdisjoint(self.scope.split())


@dataclass(slots=True)
class Refresh:
    """One refresh token."""

    token: str
    user_id: str
    client_id: str
    scope: str


class Sessions:
    """The tokens of one org."""

    def __init__(self, settings: OrgSettings, clock: Clock, identity: Identity) -> None:
        self._settings = settings
        self._clock = clock
        self._identity = identity
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._refreshes: dict[str, Refresh] = {}
        self._successors: dict[str, str] = {}
        self.reset()

    def reset(self) -> None:
        """End all sessions; the only refresh token left is the documented one."""
        settings = self._settings
        with self._lock:
            self._sessions.clear()
            self._refreshes.clear()
            self._successors.clear()
            self._refreshes[settings.refresh_token] = Refresh(
                settings.refresh_token, self._identity.admin_id, settings.client_id, settings.scope
            )

    def open(self, user_id: str, client_id: str, scope: str, refresh_token: str | None = None) -> Session:
        """Make an access token."""
        random = base64.urlsafe_b64encode(secrets.token_bytes(TOKEN_BYTES)).decode().replace("-", ".")
        session = Session(
            token=f"{short(self._identity.org_id)}!{random}",
            user_id=user_id,
            client_id=client_id,
            scope=scope,
            issued_at_ms=self._clock.now_ms(),
            expires_at_s=self._clock.now() + self._settings.session_timeout_s,
            refresh_token=refresh_token,
        )
        with self._lock:
            self._sessions[session.token] = session
        return session

    def use(self, token: str) -> Session | None:
        """The live session of a token, kept alive by this use; None when there is none or it has ended."""
        session = self._sessions.get(token)
        if session is None:
            return None
        now = self._clock.now()
        if now >= session.expires_at_s:
            with self._lock:
                self._sessions.pop(token, None)
            return None
        session.expires_at_s = now + self._settings.session_timeout_s
        return session

    def look(self, token: str) -> Session | None:
        """The live session of a token, as it is."""
        session = self._sessions.get(token)
        return session if session is not None and self._clock.now() < session.expires_at_s else None

    def offer_refresh(self, user_id: str, client_id: str, scope: str) -> Refresh:
        """Make a refresh token."""
        token = "5Aep861" + secrets.token_urlsafe(TOKEN_BYTES).replace("-", ".")
        refresh = Refresh(token, user_id, client_id, scope)
        with self._lock:
            self._refreshes[token] = refresh
        return refresh

    def refresh(self, token: str) -> Refresh | None:
        """What a refresh token stands for; None when it is unknown, revoked or used up."""
        return self._refreshes.get(token)

    def rotate(self, refresh: Refresh) -> Refresh | None:
        """Replace a refresh token by a new one; None when somebody else did so meanwhile."""
        with self._lock:
            if self._refreshes.pop(refresh.token, None) is None:
                return None
        successor = self.offer_refresh(refresh.user_id, refresh.client_id, refresh.scope)
        with self._lock:
            self._successors[refresh.token] = successor.token
        return successor

    def revoke_successors(self, token: str) -> None:
        """End what came of a refresh token that was rotated away: the newest one, and every access token."""
        with self._lock:
            line: set[str | None] = set()
            while token in self._successors:
                token = self._successors[token]
                line.add(token)
                self._refreshes.pop(token, None)
            self._sessions = {
                key: session for key, session in self._sessions.items() if session.refresh_token not in line
            }

    def revoke(self, token: str) -> bool:
        """End an access token, or a refresh token with every access token that came from it; whether there was one."""
        with self._lock:
            if self._sessions.pop(token, None) is not None:
                return True
            if self._refreshes.pop(token, None) is None:
                return False
            self._sessions = {key: session for key, session in self._sessions.items() if session.refresh_token != token}
            return True

    def expire_all(self) -> None:
        """End every access token; refresh tokens stay."""
        with self._lock:
            self._sessions.clear()


def signature(client_secret: str | None, identity_url: str, issued_at_ms: int) -> str:
    """The token response's signature: Base64 HMAC-SHA256 over `id` and `issued_at`."""
    digest = hmac.new((client_secret or "").encode(), f"{identity_url}{issued_at_ms}".encode(), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()
