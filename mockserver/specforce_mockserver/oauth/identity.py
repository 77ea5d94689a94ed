"""Who an org is: its own record, its first users, and the URL that names a user."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """The Ids of the records that an org begins with."""

    org_id: str
    admin_id: str
    profile_id: str

    def identity_url(self, base_url: str, user_id: str) -> str:
        """The URL that names a user for good."""
        return f"{base_url}/id/{self.org_id}/{user_id}"
