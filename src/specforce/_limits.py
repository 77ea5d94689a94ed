"""How much of the org's API quota is used, as every counted answer says in its Sforce-Limit-Info header."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


def parse_limit_info(header: str) -> ApiUsage | None:
    """Read a Sforce-Limit-Info header; `None` where it holds no usage."""
    usage = _USAGE.search(header)
    if usage is None:
        return None
    app = _PER_APP.search(header)
    if app is None:
        return ApiUsage(int(usage[1]), int(usage[2]))
    return ApiUsage(int(usage[1]), int(usage[2]), int(app[1]), int(app[2]), app[3] or "")
