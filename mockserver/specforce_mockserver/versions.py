"""API versions and the releases they came with.

Source: specs/reference/versions.md section 1. Versions 21.0 to 30.0 and older ones are retired.
"""

from __future__ import annotations

import re

RELEASES: dict[str, str] = {
    "31.0": "Summer '14",
    "32.0": "Winter '15",
    "33.0": "Spring '15",
    "34.0": "Summer '15",
    "35.0": "Winter '16",
    "36.0": "Spring '16",
    "37.0": "Summer '16",
    "38.0": "Winter '17",
    "39.0": "Spring '17",
    "40.0": "Summer '17",
    "41.0": "Winter '18",
    "42.0": "Spring '18",
    "43.0": "Summer '18",
    "44.0": "Winter '19",
    "45.0": "Spring '19",
    "46.0": "Summer '19",
    "47.0": "Winter '20",
    "48.0": "Spring '20",
    "49.0": "Summer '20",
    "50.0": "Winter '21",
    "51.0": "Spring '21",
    "52.0": "Summer '21",
    "53.0": "Winter '22",
    "54.0": "Spring '22",
    "55.0": "Summer '22",
    "56.0": "Winter '23",
    "57.0": "Spring '23",
    "58.0": "Summer '23",
    "59.0": "Winter '24",
    "60.0": "Spring '24",
    "61.0": "Summer '24",
    "62.0": "Winter '25",
    "63.0": "Spring '25",
    "64.0": "Summer '25",
    "65.0": "Winter '26",
    "66.0": "Spring '26",
    "67.0": "Summer '26",
}
SEGMENT = re.compile(r"v(\d{1,3}\.0)\Z", re.ASCII)


def in_path(segment: str) -> str | None:
    """The version that a path segment names (`v67.0`); None when it names none, as `v38` doesn't."""
    match = SEGMENT.match(segment)
    return match[1] if match else None
