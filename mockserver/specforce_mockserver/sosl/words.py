"""Texts as words: what the index makes of the values of records, so that searches can be made of the same words.

SQLite's tokenizer parts texts at what is neither letter nor digit, and minds neither case nor accents. Chinese,
Japanese and Korean have no spaces to part words at, so each of their characters is made a word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

TOKENIZER: Final = "unicode61 remove_diacritics 2"
# The scripts in which one character may be a word [P], as ranges that regular expressions and SQLite's GLOB take.
_SHORT_SCRIPTS: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
SHORT_SCRIPT_GLOB: Final = f"*[{_SHORT_SCRIPTS}]*"
_SHORT_SCRIPT: Final = re.compile(f"([{_SHORT_SCRIPTS}])")
_UNSPEAKABLE: Final = re.compile(r"[\x00-\x1f\x7f]")


def spaced(text: str) -> str:
    """A text with spaces around the characters that are words by themselves."""
    return _SHORT_SCRIPT.sub(r" \1 ", text)


def has_short_script(text: str) -> bool:
    """Whether it has a character that is a word by itself."""
    return _SHORT_SCRIPT.search(text) is not None


def speakable(text: str) -> str:
    """A text without what no index can hold: control characters and lone surrogates."""
    return _UNSPEAKABLE.sub(" ", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def has_words(text: str) -> bool:
    """Whether the tokenizer finds any word in it."""
    return any(each.isalnum() for each in text)


def folded(text: str) -> str:
    """A word as the index keeps it."""
    parts = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(each for each in parts if not unicodedata.combining(each)))
