"""`Org`: all that one fake Salesforce org knows. Nothing is shared between two of them.

What belongs to one API only (bulk jobs, query cursors) is kept in parts, which that API's own module makes on first
use: `org.part(BulkJobs)`. `reset` brings back the org as it was when it was made, in milliseconds.
"""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

from specforce_mockserver.apex import ApexEndpoints
from specforce_mockserver.clock import Clock
from specforce_mockserver.counters import TABLE as COUNTER_TABLE
from specforce_mockserver.counters import Counters
from specforce_mockserver.database import Database
from specforce_mockserver.documents import TABLE as DOCUMENT_TABLE
from specforce_mockserver.documents import Documents
from specforce_mockserver.faults import Faults
from specforce_mockserver.formulas.sqlite_functions import SqlFunctions
from specforce_mockserver.invocable.library import Actions
from specforce_mockserver.limits import Limits
from specforce_mockserver.oauth.apps import Apps
from specforce_mockserver.oauth.sessions import Sessions
from specforce_mockserver.outbox import Outbox
from specforce_mockserver.permissions import Permissions
from specforce_mockserver.records import side_effects
from specforce_mockserver.records.assignment import AssignmentRules
from specforce_mockserver.records.duplicates import DuplicateRules
from specforce_mockserver.records.services import Services
from specforce_mockserver.records.store import Records
from specforce_mockserver.records.validation import ValidationRules
from specforce_mockserver.request_log import RequestLog
from specforce_mockserver.seed import seed_defaults
from specforce_mockserver.settings import OrgSettings
from specforce_mockserver.tables import (
    clear_tables,
    create_tables,
    create_tables_of,
    later_tables,
    with_computed_from,
)
from specforce_mockserver.tooling.objects import tooling_tables
from specforce_mockserver.triggers import Triggers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specforce_mockserver.dashboards.library import Dashboards
    from specforce_mockserver.list_views.library import ListViews
    from specforce_mockserver.oauth.identity import Identity
    from specforce_mockserver.quick_actions.library import QuickActions
    from specforce_mockserver.reports.library import Reports
    from specforce_mockserver.schema import Schema, SObjectType
    from specforce_mockserver.triggers.library import Hook

T = TypeVar("T")
FIRST_RECORDS = ("org", "first records")


@runtime_checkable
class _Closeable(Protocol):
    def close(self) -> None: ...


class Org:
    """One org."""

    def __init__(
        self,
        schema: Schema | None = None,
        *,
        clock: Clock | None = None,
        settings: OrgSettings | None = None,
        database_path: Path | None = None,
        first_records: Callable[[Org], None] | None = None,
    ) -> None:
        """Make an org, or open one that is kept on file.

        Args:
            schema: its objects; the standard ones that ship with the specs, unless given.
            clock: its time; `auto` from now, unless given.
            settings: who may log in and the like.
            database_path: where its records are kept; in a temporary file, unless given.
            first_records: puts in, once, what the org has beside its own user; again when it is reset.

        Raises:
            ValueError: the certificate of an app can't be used, or the first records break a rule.
        """
        if schema is None:
            from specforce_mockserver.schema_files import standard_schema  # noqa: PLC0415 - reads the specs' data

            schema = standard_schema()
        self.schema: Schema = schema.bound(self._make_table)
        self.clock = clock or Clock()
        self.started_s = self.clock.now()
        self.settings = settings or OrgSettings()
        self.database = Database(database_path, prepare=SqlFunctions(self.clock, self.settings.time_zone).register)
        self.counters = Counters(self.database)
        self.documents = Documents(self.database)
        with self.database.write() as writer:
            writer.execute(COUNTER_TABLE)
            writer.execute(DOCUMENT_TABLE)
            for statement in side_effects.TABLES:
                writer.execute(statement)
            create_tables(writer, self.schema)
            create_tables(writer, tooling_tables())
            kept = later_tables(writer, self.schema)
        for name in kept:
            self.schema.type(name)
        self.triggers = Triggers(self.schema)
        self.validation_rules = ValidationRules(self.schema)
        self.duplicate_rules = DuplicateRules(self.schema)
        self.assignment_rules = AssignmentRules(self.schema, self.counters)
        self.permissions = Permissions(self.schema, self.database)
        self.faults = Faults()
        self.services = Services(
            self.database,
            self.schema,
            self.clock,
            self.counters,
            self.triggers,
            self.validation_rules,
            self.duplicate_rules,
            self.assignment_rules,
            self.permissions,
            self.faults,
        )
        self.records = Records(self.services)
        self.identity: Identity = seed_defaults(self)
        self.apps = Apps(self.settings)
        self.sessions = Sessions(self.settings, self.clock, self.identity)
        self.limits = Limits(self.settings, self.clock)
        self.actions = Actions(self.clock)
        self.outbox = Outbox()
        self.requests = RequestLog()
        self.apex = ApexEndpoints()
        self._whole = self
        self._parts: dict[object, Any] = {}
        self._parts_lock = threading.RLock()
        self._first_records = first_records
        try:
            self._put_first_records()
        except BaseException:
            self.close()
            raise

    @property
    def whole(self) -> Org:
        """The org itself, where this is a user's view of it."""
        return self._whole

    def seen_by(self, user_id: str) -> Org:
        """The org as a user sees it: all but the schema is shared with the org itself."""
        schema = self.permissions.schema_of(user_id)
        if schema is self.schema:
            return self
        seen = copy.copy(self)
        seen.schema = schema
        return seen

    def trigger(self, sobject: str, *events: str) -> Callable[[Hook], Hook]:
        """Register the decorated function as a trigger: `@org.trigger("Account", "before insert, before update")`.

        Raises:
            ValueError: there is no such object or event.
        """
        return self.triggers.on(sobject, *events)

    def _make_table(self, sobject: SObjectType) -> bool:
        """Make the table of an object that is used for the first time; it lasts, unless a transaction is under way."""
        lasting = not self.database.writing_here
        with self.database.write() as writer:
            create_tables_of(writer, with_computed_from(self.schema, [sobject]))
        return lasting

    def part(self, make: Callable[[Org], T]) -> T:
        """The part of this org that `make` makes on first use; `reset` and `close` close it, where it can be closed."""
        found = self._parts.get(make)
        if found is None:
            # In this order wherever both are held: a part may write its first records.
            with self.database.write(), self._parts_lock:
                found = self._parts.get(make)
                if found is None:
                    found = self._parts[make] = make(self._whole)
        return cast("T", found)

    @property
    def dashboards(self) -> Dashboards:
        """The saved dashboards."""
        from specforce_mockserver.dashboards.library import Dashboards  # noqa: PLC0415 - on first use

        return self.part(Dashboards)

    @property
    def list_views(self) -> ListViews:
        """The list views."""
        from specforce_mockserver.list_views.library import ListViews  # noqa: PLC0415 - on first use

        return self.part(ListViews)

    @property
    def quick_actions(self) -> QuickActions:
        """The quick actions."""
        from specforce_mockserver.quick_actions.library import QuickActions  # noqa: PLC0415 - on first use

        return self.part(QuickActions)

    @property
    def reports(self) -> Reports:
        """The saved reports."""
        from specforce_mockserver.reports.library import Reports  # noqa: PLC0415 - on first use

        return self.part(Reports)

    def reset(self) -> None:
        """Be a new org again: records (on file too), apps, tokens, jobs, endpoints, limits, faults, log and time."""
        self._close_parts()
        self.clock.reset()
        with self.database.write() as writer:
            clear_tables(writer, self.schema)
            clear_tables(writer, tooling_tables())
            self.counters.clear()
            self.documents.clear()
            side_effects.clear(writer)
            self.identity = seed_defaults(self)
        self.apps.reset()
        self.sessions.reset()
        self.limits.reset()
        self.faults.clear()
        self.actions.clear()
        self.outbox.clear()
        self.requests.clear()
        self.apex.clear()
        self.triggers.clear()
        self.validation_rules.clear()
        self.duplicate_rules.clear()
        self.assignment_rules.clear()
        self.permissions.clear()
        self._put_first_records()

    def snapshot(self) -> bytes:
        """The records as they are now, for `restore`."""
        return self.database.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Bring back the records of a snapshot; cursors and jobs that look at other records are gone."""
        self._close_parts()
        self.database.restore(snapshot)
        self.schema.forget_tables()

    def close(self) -> None:
        """Stop what works in the background and remove what was temporary."""
        self.faults.clear()
        self._close_parts()
        self.database.close()

    def _put_first_records(self) -> None:
        """Put in the first records, unless a database on file had them put in already."""
        if self._first_records is not None and self.documents.get(*FIRST_RECORDS) is None:
            with self.database.write():
                self._first_records(self)
                self.documents.put(*FIRST_RECORDS, {})

    def _close_parts(self) -> None:
        # Closed without the lock: a part may wait for a writer that asks for another part.
        with self._parts_lock:
            parts = list(self._parts.values())
            self._parts.clear()
        for each in parts:
            if isinstance(each, _Closeable):
                each.close()
