"""Record Ids: checksums, the 15 and 18 character forms, and the n-th Id of a key prefix.

Source: specs/reference/errors_and_limits.md section 4. Ids of one prefix sort in the order of their numbers.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
INSTANCE = "Sf0"
COUNTER_DIGITS = 9
SHORT_LENGTH = 15
LONG_LENGTH = 18
_ALPHABET_SET = frozenset(ALPHABET)
_PAIRS = tuple(a + b for a in ALPHABET for b in ALPHABET)


def checksum(short_id: str) -> str:
    """The three characters that make a 15-character Id the case-insensitive 18-character one."""
    suffix = ""
    for start in (0, 5, 10):
        bits = 0
        for position, character in enumerate(short_id[start : start + 5]):
            if "A" <= character <= "Z":
                bits |= 1 << position
        suffix += CHECKSUM[bits]
    return suffix


def to_18(record_id: str) -> str | None:
    """The 18-character form of an Id; None when the text isn't an Id (length, characters or checksum).

    The checksum says which letters are upper case, so an 18-character Id in the wrong case is mended.
    """
    if not _ALPHABET_SET.issuperset(record_id):
        return None
    if len(record_id) == SHORT_LENGTH:
        return record_id + checksum(record_id)
    if len(record_id) != LONG_LENGTH:
        return None
    short, suffix = record_id[:SHORT_LENGTH], record_id[SHORT_LENGTH:]
    if checksum(short) == suffix:
        return record_id
    return _with_case_of(short, suffix.upper())


def _with_case_of(short: str, suffix: str) -> str | None:
    """The Id whose letters have the case that its checksum asks for; None when no case fits."""
    if any(character not in CHECKSUM for character in suffix):
        return None
    letters: list[str] = []
    for position, character in enumerate(short):
        upper = CHECKSUM.index(suffix[position // 5]) >> (position % 5) & 1
        letters.append(character.upper() if upper else character.lower())
    mended = "".join(letters)
    return mended + suffix if checksum(mended) == suffix else None


def is_id(text: str) -> bool:
    """Whether a text has the form of an Id, in either length."""
    return to_18(text) is not None


def short(record_id: str) -> str:
    """The 15-character form, which some messages print."""
    return record_id[:SHORT_LENGTH]


def ids_from(prefix: str, number: int, count: int) -> list[str]:
    """The 18-character Ids of `count` records of a key prefix, beginning with the number-th."""
    return list(islice(_endless(prefix, number), count))


def _endless(prefix: str, number: int) -> Iterator[str]:
    """Ids from the number-th on; all but the last five characters are worked out once for 3,844 Ids."""
    while True:
        high, low = divmod(number, len(_PAIRS))
        digits = ""
        for _ in range(COUNTER_DIGITS - 2):
            high, digit = divmod(high, len(ALPHABET))
            digits = ALPHABET[digit] + digits
        stem = prefix + INSTANCE + digits
        fixed = checksum(stem + "00")[:2]
        tail = stem[10:]
        for pair in _PAIRS[low:]:
            bits = 0
            for position, character in enumerate(tail + pair):
                if "A" <= character <= "Z":
                    bits |= 1 << position
            yield stem + pair + fixed + CHECKSUM[bits]
        number += len(_PAIRS) - low
