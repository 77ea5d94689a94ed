"""Query cursors: what `nextRecordsUrl` leads to.

A locator is a cursor's Id, a dash and an offset. A cursor dies two days after its last use, or when its user opens
too many; those of child subqueries, of which one page may open thousands, are counted by themselves.
Source: specs/reference/rest.md section 7, errors_and_limits.md section 6 [E].
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.soql import Pages

KEY_PREFIX = "01g"
IDLE_S = 2 * 86_400.0
_OFFSET = re.compile(r"[0-9]{1,18}")
OPEN_PER_USER = 50
OPEN_CHILDREN_PER_USER = 50_000


@dataclass(slots=True)
class Cursor:
    """One open query."""

    id: str
    pages: Pages
    page_size: int
    user_id: str
    used_s: float


class Cursors:
    """The open queries of one org: `org.part(Cursors)`."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, Cursor] = {}
        self._in_order: defaultdict[tuple[str, bool], deque[str]] = defaultdict(deque)
        self._lock = threading.Lock()

    def open(self, pages: Pages, page_size: int, user_id: str, *, of_child: bool = False) -> Cursor:
        """Keep a query, or a child subquery of one record, for its next pages.

        The user's oldest of the kind gives way when there are too many.
        """
        cursor = Cursor(self._org.counters.new_id(KEY_PREFIX), pages, page_size, user_id, self._org.clock.now())
        with self._lock:
            mine = self._in_order[user_id, of_child]
            mine.append(cursor.id)
            self._open[cursor.id] = cursor
            if len(mine) > (OPEN_CHILDREN_PER_USER if of_child else OPEN_PER_USER):
                del self._open[mine.popleft()]
        return cursor

    def find(self, locator: str, user_id: str) -> tuple[Cursor, int]:
        """The cursor and the offset of a locator.

        Raises:
            ApiError: it is none, it is another user's, or the cursor is gone. [S]
        """
        cursor_id, dash, offset = locator.rpartition("-")
        now = self._org.clock.now()
        with self._lock:
            cursor = self._open.get(to_18(cursor_id) or "")
            alive = cursor is not None and cursor.user_id == user_id and now - cursor.used_s < IDLE_S
            if cursor is None or not alive or not dash or not _OFFSET.fullmatch(offset):
                raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
            cursor.used_s = now
            return cursor, int(offset)
