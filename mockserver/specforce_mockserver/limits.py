"""The org's limits: what counts, and what `GET /limits` and the Sforce-Limit-Info header say of it.

Source: specs/reference/errors_and_limits.md sections 5 and 6. Maxima are those of a Developer Edition org where
known, else plausible [E]; only API requests are counted here, other parts count theirs through `use`.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce_mockserver.clock import Clock
    from specforce_mockserver.settings import OrgSettings

HOUR_S = 3_600.0
DAY_S = 86_400.0
API_REQUESTS = "DailyApiRequests"

# name: (maximum, first API version, last API version)
_LIMITS: dict[str, tuple[int, float, float]] = {
    "ActiveScratchOrgs": (3, 40.0, 999.0),
    "AnalyticsExternalDataSizeMB": (40_960, 31.0, 999.0),
    "ConcurrentAsyncGetReportInstances": (200, 31.0, 999.0),
    "ConcurrentEinsteinDataInsightsStoryCreation": (5, 31.0, 999.0),
    "ConcurrentEinsteinDiscoveryStoryCreation": (2, 31.0, 999.0),
    "ConcurrentSyncReportRuns": (20, 31.0, 999.0),
    "DailyAnalyticsDataflowJobExecutions": (60, 31.0, 999.0),
    "DailyAnalyticsUploadedFilesSizeMB": (51_200, 31.0, 999.0),
    API_REQUESTS: (15_000, 31.0, 999.0),
    "DailyAsyncApexExecutions": (250_000, 31.0, 999.0),
    "DailyAsyncApexTests": (500, 56.0, 999.0),
    "DailyBulkApiBatches": (15_000, 49.0, 999.0),
    "DailyBulkApiRequests": (15_000, 31.0, 48.0),
    "DailyBulkV2QueryFileStorageMB": (976_562, 47.0, 999.0),
    "DailyBulkV2QueryJobs": (10_000, 47.0, 999.0),
    "DailyDeliveredPlatformEvents": (10_000, 31.0, 999.0),
    "DailyDurableGenericStreamingApiEvents": (10_000, 37.0, 999.0),
    "DailyDurableStreamingApiEvents": (10_000, 37.0, 999.0),
    "DailyEinsteinDataInsightsStoryCreation": (1_000, 31.0, 999.0),
    "DailyEinsteinDiscoveryOptimizationJobRuns": (25, 31.0, 999.0),
    "DailyEinsteinDiscoveryPredictAPICalls": (50_000, 31.0, 999.0),
    "DailyEinsteinDiscoveryPredictionsByCDC": (500_000, 31.0, 999.0),
    "DailyEinsteinDiscoveryStoryCreation": (100, 31.0, 999.0),
    "DailyFunctionsApiCallLimit": (235_000, 53.0, 999.0),
    "DailyGenericStreamingApiEvents": (10_000, 31.0, 36.0),
    "DailyMetadataRetrievesWithDependencies": (100, 64.0, 999.0),
    "DailyScratchOrgs": (6, 40.0, 999.0),
    "DailyStandardVolumePlatformEvents": (10_000, 31.0, 999.0),
    "DailyStreamingApiEvents": (10_000, 31.0, 36.0),
    "DailyWorkflowEmails": (1_005, 31.0, 999.0),
    "DataStorageMB": (5, 31.0, 999.0),
    "DurableStreamingApiConcurrentClients": (20, 37.0, 999.0),
    "FileStorageMB": (20, 31.0, 999.0),
    "HourlyAsyncReportRuns": (1_200, 31.0, 999.0),
    "HourlyDashboardRefreshes": (200, 31.0, 999.0),
    "HourlyDashboardResults": (5_000, 31.0, 999.0),
    "HourlyDashboardStatuses": (999_999_999, 31.0, 999.0),
    "HourlyLongTermIdMapping": (100_000, 31.0, 999.0),
    "HourlyODataCallout": (1_000, 31.0, 999.0),
    "HourlyPublishedPlatformEvents": (50_000, 31.0, 999.0),
    "HourlyPublishedStandardVolumePlatformEvents": (1_000, 31.0, 999.0),
    "HourlyShortTermIdMapping": (100_000, 31.0, 999.0),
    "HourlySyncReportRuns": (500, 31.0, 999.0),
    "HourlyTimeBasedWorkflow": (50, 31.0, 999.0),
    "MassEmail": (10, 31.0, 999.0),
    "MonthlyEinsteinDiscoveryStoryCreation": (500, 31.0, 999.0),
    "MonthlyPlatformEvents": (300_000, 31.0, 47.0),
    "MonthlyPlatformEventsUsageEntitlement": (0, 48.0, 999.0),
    "Package2VersionCreates": (6, 40.0, 999.0),
    "Package2VersionCreatesWithoutValidation": (500, 40.0, 999.0),
    "PermissionSets": (1_500, 41.0, 999.0),
    "PrivateConnectOutboundCalloutHourlyLimitMB": (0, 31.0, 999.0),
    "SingleEmail": (15, 31.0, 999.0),
    "StreamingApiConcurrentClients": (20, 31.0, 36.0),
}


class Limits:
    """The limits of one org, counted over a day of the org's time; those whose name says so, over an hour."""

    def __init__(self, settings: OrgSettings, clock: Clock) -> None:
        self._daily_api_requests = settings.daily_api_requests
        self._clock = clock
        self._used: Counter[str] = Counter()
        self._since_s = self._hour_since_s = clock.now()
        self._lock = threading.Lock()

    def use(self, name: str, amount: int = 1) -> int:
        """Count usage of a limit; what is used now is answered."""
        with self._lock:
            self._roll()
            self._used[name] += amount
            return self._used[name]

    def used(self, name: str) -> int:
        """What is used of a limit."""
        with self._lock:
            self._roll()
            return self._used[name]

    def maximum(self, name: str) -> int:
        """How much of a limit the org has."""
        return self._daily_api_requests if name == API_REQUESTS else _LIMITS[name][0]

    def exhausted(self) -> bool:
        """Whether the day's API requests are used up."""
        return self.used(API_REQUESTS) >= self._daily_api_requests

    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self._used[API_REQUESTS]}/{self._daily_api_requests}"

    def listed(self, version: float) -> dict[str, Any]:
        """What `GET /limits` answers in an API version."""
        listed: dict[str, Any] = {}
        for name, (_maximum, since, until) in _LIMITS.items():
            if since <= version <= until:
                maximum = self.maximum(name)
                listed[name] = {"Max": maximum, "Remaining": max(0, maximum - self.used(name))}
        if "PermissionSets" in listed:
            listed["PermissionSets"]["CreateCustom"] = {"Max": 1_000, "Remaining": 1_000}
        return listed

    def reset(self) -> None:
        """Count from nothing again."""
        with self._lock:
            self._used.clear()
            self._since_s = self._hour_since_s = self._clock.now()

    def _roll(self) -> None:
        """Begin a new hour or day when one has passed."""
        now = self._clock.now()
        if now - self._hour_since_s >= HOUR_S:
            for name in [each for each in self._used if each.startswith("Hourly")]:
                del self._used[name]
            self._hour_since_s = now
        if now - self._since_s >= DAY_S:
            self._used.clear()
            self._since_s = now
