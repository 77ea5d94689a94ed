"""Record Ids: checksums, the 15 and 18 character forms, and counters that hand out new ones.

Source: specs/reference/errors_and_limits.md section 4. Counters are per key prefix and start anew with the org, so that
the same calls give the same Ids; Ids of one object sort in the order in which they were made.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

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


def make(prefix: str, number: int) -> str:
    """The 18-character Id of the number-th record of a key prefix."""
    return next(_from(prefix, number))


def _from(prefix: str, number: int) -> Iterator[str]:
    """Ids from the number-th on; the checksum of the fixed part is worked out once per thousand."""
    while True:
        high, low = divmod(number, len(_PAIRS))
        digits = ""
        for _ in range(COUNTER_DIGITS - 2):
            high, digit = divmod(high, len(ALPHABET))
            digits = ALPHABET[digit] + digits
        stem = prefix + INSTANCE + digits
        fixed = checksum(stem + "00")[:2]
        # Only the last five characters change within a run of two counter digits.
        tail = stem[10:]
        for pair in _PAIRS[low:]:
            bits = 0
            for position, character in enumerate(tail + pair):
                if "A" <= character <= "Z":
                    bits |= 1 << position
            yield stem + pair + fixed + CHECKSUM[bits]
        number += len(_PAIRS) - low


class IdFactory:
    """Counters of one org, one per key prefix."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def new(self, prefix: str) -> str:
        """The next Id of a key prefix."""
        return self.take(prefix, 1)[0]

    def take(self, prefix: str, count: int) -> list[str]:
        """The next `count` Ids of a key prefix."""
        start = self._next.get(prefix, 1)
        self._next[prefix] = start + count
        return list(islice(_from(prefix, start), count))

    def reset(self) -> None:
        """Begin anew at one."""
        self._next.clear()

    def state(self) -> dict[str, int]:
        """The next number of each prefix, for a snapshot or a database on file."""
        return dict(self._next)

    def restore(self, state: dict[str, int]) -> None:
        """Go on from a state that `state` gave."""
        self._next = dict(state)
