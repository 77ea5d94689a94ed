"""What a login yields."""

from __future__ import annotations

from dataclasses import dataclass, field

from specforce import _urls
from specforce_api.runtime.errors import InputError
from specforce_api.runtime.operation import header_value


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and where it counts. Its representation shows no secret.

    Attributes:
        access_token: goes into the Authorization header.
        instance_url: the org's API address, `None` where the client is told it otherwise.
        refresh_token: gets the next access token; the newest one where the org rotates them.
        identity_url: names the user, `""` if the login didn't say.
        scope: what the token may be used for, as the login said.
    """

    access_token: str = field(repr=False)
    instance_url: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    identity_url: str = ""
    scope: str = ""

    def __post_init__(self) -> None:
        if not self.access_token.strip() or " " in self.access_token:
            raise InputError("the access token is empty or holds a space")
        try:
            header_value("Authorization", self.access_token)
        except InputError:
            raise InputError(
                "the access token holds what no header can hold, such as the control character at the end of a line"
            ) from None
        if self.instance_url is not None:
            object.__setattr__(self, "instance_url", _urls.base_url(self.instance_url, name="instance_url"))
