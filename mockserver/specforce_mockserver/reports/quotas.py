"""How often an hour reports and dashboards may be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specforce_mockserver.calls import ApiError

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

# The limit of `GET /limits` that each use counts against, and what is said when it is used up. Reports' text is [P].
_TEXTS: Final = {
    "HourlySyncReportRuns": "You can't run more than {} reports synchronously every 60 minutes. Try again later.",
    "HourlyAsyncReportRuns": "You can't request more than {} report runs every 60 minutes. Try again later.",
    "HourlyDashboardRefreshes": "You can't refresh dashboards more than {} times every 60 minutes. Try again later.",
    "HourlyDashboardResults": "You can't get dashboard results more than {} times every 60 minutes. Try again later.",
}


def count(org: Org, limit: str) -> None:
    """Count one use of a limit.

    Raises:
        ApiError: 403, it is used up.
    """
    maximum = org.limits.maximum(limit)
    if org.limits.used(limit) >= maximum:
        raise ApiError(403, "FORBIDDEN", _TEXTS[limit].format(maximum))
    org.limits.use(limit)
