"""How much of the org's API quota is used, as every counted answer says in its Sforce-Limit-Info header."""

from __future__ import annotations

import re
from dataclasses import dataclass

from specforce_api.runtime.errors import BudgetReached, InputError

# reference/rest.md 1: `api-usage=25/5000; per-app-api-usage=17/250(appName=my-app)`
_USAGE = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
_PER_APP = re.compile(r"per-app-api-usage=(\d+)/(\d+)(?:\(appName=([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """Requests used and allowed in 24 hours, for the org and, where it has its own quota, for the app."""

    used: int
    allowed: int
    app_used: int | None = None
    app_allowed: int | None = None
    app_name: str = ""

    @property
    def remaining(self) -> int:
        """Requests left before the org's quota is gone."""
        return max(0, self.allowed - self.used)


def check_fraction(fraction: object) -> float | None:
    """A share of the quota that may be used; `None` for all of it.

    Raises:
        InputError: it isn't above 0 and at most 1.
    """
    if fraction is None:
        return None
    if isinstance(fraction, bool) or not isinstance(fraction, int | float) or not 0 < fraction <= 1:
        raise InputError(f"max_api_fraction={fraction!r}: a share of the quota is above 0 and at most 1, such as 0.9")
    return float(fraction)


def refuse_over(usage: ApiUsage | None, fraction: float | None) -> None:
    """Refuse to go on where as much of a quota is used as may be: the org's, or the app's own.

    Args:
        usage: as the last answer stated it; `None` where none did.
        fraction: the share that may be used; `None` for all of it, which Salesforce sees to.

    Raises:
        BudgetReached: it is.
    """
    if usage is None or fraction is None:
        return
    quotas = [("org", usage.used, usage.allowed), ("app", usage.app_used or 0, usage.app_allowed or 0)]
    for whose, used, allowed in quotas:
        if allowed and used >= fraction * allowed:
            raise BudgetReached(
                f"{used:,} of the {whose}'s {allowed:,} API requests in 24 hours are used, and max_api_fraction="
                f"{fraction}: nothing more was sent",
                used=used,
                allowed=allowed,
                fraction=fraction,
            )


def parse_limit_info(header: str) -> ApiUsage | None:
    """Read a Sforce-Limit-Info header; `None` where it holds no usage."""
    usage = _USAGE.search(header)
    if usage is None:
        return None
    app = _PER_APP.search(header)
    if app is None:
        return ApiUsage(int(usage[1]), int(usage[2]))
    return ApiUsage(int(usage[1]), int(usage[2]), int(app[1]), int(app[2]), app[3] or "")
