"""Who an org is and who may log in to it: the org's own record, its users, its connected apps."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from specforce_mockserver.settings import App, OrgSettings


@dataclass(frozen=True, slots=True)
class Identity:
    """The Ids of the records that an org begins with."""

    org_id: str
    admin_id: str
    profile_id: str

    def identity_url(self, base_url: str, user_id: str) -> str:
        """The URL that names a user for good."""
        return f"{base_url}/id/{self.org_id}/{user_id}"


class Apps:
    """The connected apps of an org."""

    def __init__(self, settings: OrgSettings) -> None:
        main = App(
            settings.client_id,
            settings.client_secret,
            run_as=settings.username if settings.run_as_enabled else None,
            rotates_refresh_tokens=settings.rotates_refresh_tokens,
        )
        self._apps = {each.client_id: each for each in (main, *settings.apps)}

    def find(self, client_id: str) -> App | None:
        """The app with a consumer key."""
        return self._apps.get(client_id)

    @staticmethod
    def proves(app: App, client_secret: str | None) -> bool:
        """Whether a secret is the app's own; an app without secret takes none."""
        if app.client_secret is None:
            return not client_secret
        return client_secret is not None and secrets.compare_digest(app.client_secret.encode(), client_secret.encode())
