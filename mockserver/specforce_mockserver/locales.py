"""What a locale (`en_US`, `de_AT_EURO`) says about dates: on which day its weeks begin.

Source: the week data of the Unicode CLDR, by territory. A locale without a territory, or with one that isn't listed,
begins its weeks on Monday.
"""

from __future__ import annotations

from typing import Final

MONDAY: Final = 0
SATURDAY: Final = 5
SUNDAY: Final = 6
_BEGIN_ON_SATURDAY: Final = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"
_BEGIN_ON_SUNDAY: Final = (
    "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK "
    "PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW"
)


def first_weekday(locale: str | None) -> int:
    """The day on which a locale's weeks begin, 0 for Monday; without a locale that of en_US."""
    _language, _, rest = (locale or "en_US").partition("_")
    territory = rest.partition("_")[0].upper()
    if territory in _BEGIN_ON_SATURDAY.split():
        return SATURDAY
    return SUNDAY if territory in _BEGIN_ON_SUNDAY.split() else MONDAY
