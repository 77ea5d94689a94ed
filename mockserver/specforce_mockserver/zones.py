"""Time zones by the names that users have."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC: Final = "UTC"


@lru_cache(256)
def known_zone(name: str) -> str:
    """A time zone's name: UTC for its other names, and for one that nobody knows."""
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
    return UTC if zone.key in {"GMT", "Etc/UTC", "Etc/GMT", "Zulu"} else zone.key
