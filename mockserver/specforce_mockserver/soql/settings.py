"""The org and user settings that change what a query means, and the moment at which it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Settings:
    """What Salesforce takes from the company and user records.

    Attributes:
        time_zone: of the user who asks, an IANA name; date literals and `convertTimezone` use it.
        first_weekday: on which the user's locale begins a week, 0 for Monday; Sunday as in en_US.
        fiscal_year_start_month: 1 to 12.
        fiscal_year_named_by_end: whether a fiscal year has the number of the calendar year in which it ends.
        missing_parent_differs: whether `Parent.Field != 'x'` also finds rows without that parent, as rows with an empty
        field are found.
    """

    time_zone: str = "UTC"
    first_weekday: int = 6
    fiscal_year_start_month: int = 1
    fiscal_year_named_by_end: bool = False
    missing_parent_differs: bool = True


@dataclass(frozen=True)
class Context:
    """One question: when it is asked, by whom, in which API version, with deleted rows or without.

    Attributes:
        now: seconds since 1970, UTC, as the org's clock counts them.
        version: the request's API version, which record URLs carry.
        include_deleted: whether rows in the Recycle Bin and archived activities are found (`queryAll`).
        user_id: who asks, for `USING SCOPE mine`; everything is found when it is None.
        settings: the org's and user's settings.
    """

    now: float
    version: str
    include_deleted: bool = False
    user_id: str | None = None
    settings: Settings = field(default_factory=Settings)

    @cached_property
    def zone(self) -> tzinfo:
        """The user's time zone."""
        return UTC if self.settings.time_zone == "UTC" else ZoneInfo(self.settings.time_zone)

    @cached_property
    def local_now(self) -> datetime:
        """Now, on the user's wall clock."""
        return datetime.fromtimestamp(self.now, self.zone)
