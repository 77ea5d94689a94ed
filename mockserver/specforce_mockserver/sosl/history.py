"""What was searched for in an org, so that it can be suggested: `org.part(SearchHistory)`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

MAX_KEPT: Final = 1000


class SearchHistory:
    """The texts of one org's searches, latest first."""

    def __init__(self, _org: Org) -> None:
        self._texts: dict[str, None] = {}
        self._lock = threading.Lock()

    def add(self, text: str) -> None:
        """Remember a search."""
        text = " ".join(text.lower().split())
        with self._lock:
            self._texts.pop(text, None)
            self._texts[text] = None
            if len(self._texts) > MAX_KEPT:
                del self._texts[next(iter(self._texts))]

    def beginning(self, text: str) -> list[str]:
        """The searches with a word that begins with a text."""
        wanted = text.lower()
        with self._lock:
            return [each for each in reversed(self._texts) if each.startswith(wanted) or f" {wanted}" in each]
