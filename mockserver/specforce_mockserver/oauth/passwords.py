"""The users' passwords.

The first user's is the one of the settings; other users have none until they are given one. A login proves itself by
the password with the org's security token after it. Source: specs/reference/rest.md section 5; the policy, at least
eight characters with letters and digits, good for ninety days, is Salesforce's default [E].
"""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING

from specforce_mockserver.calls import ApiError

if TYPE_CHECKING:
    from specforce_mockserver.documents import Document
    from specforce_mockserver.org import Org

MIN_CHARACTERS = 8
MADE_UP_CHARACTERS = 12
DAY_S = 86_400.0
KIND = "password"


class Passwords:
    """The passwords of one org's users."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def proves(self, user_id: str, given: str, *, with_token: bool = True) -> bool:
        """Whether a text is a user's password, with the security token after it unless that isn't wanted."""
        known = self._known(user_id)
        token = self._org.settings.security_token if with_token else ""
        right = "" if known is None else known["text"] + token
        return secrets.compare_digest(given.encode(), right.encode()) and known is not None

    def expired(self, user_id: str) -> bool:
        """Whether a user's password is older than the org allows."""
        known = self._known(user_id)
        return known is not None and self._org.clock.now() - known["since_s"] > self._org.settings.password_days * DAY_S

    def set(self, user_id: str, text: str) -> None:
        """Give a user a password.

        Raises:
            ApiError: 400 INVALID_NEW_PASSWORD, it doesn't meet the policy. [E]
        """
        known = self._known(user_id)
        if len(text) < MIN_CHARACTERS:
            raise _invalid(f"Your password must have at least {MIN_CHARACTERS} characters.")
        if not any(each.isalpha() for each in text) or not any(each.isdecimal() for each in text):
            raise _invalid("Your password must include letters and numbers")
        if known is not None and known["text"] == text:
            raise _invalid("invalid repeated password")
        self._org.documents.put(KIND, user_id, {"text": text, "since_s": self._org.clock.now()})

    def make_up(self, user_id: str) -> str:
        """Give a user a password that nobody thought of; it is answered."""
        letters = "".join(secrets.choice(string.ascii_letters) for _ in range(MADE_UP_CHARACTERS - 2))
        text = f"{letters}{secrets.randbelow(90) + 10}"
        self.set(user_id, text)
        return text

    def _known(self, user_id: str) -> Document | None:
        """A user's password and since when it is; None when they have none."""
        found = self._org.documents.get(KIND, user_id)
        if found is None and user_id == self._org.identity.admin_id:
            return {"text": self._org.settings.password, "since_s": self._org.started_s}
        return found


def _invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_NEW_PASSWORD", message)
