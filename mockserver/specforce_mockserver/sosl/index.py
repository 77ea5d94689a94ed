"""The words of an org's records, in SQLite's full-text index: made at the first search, brought up to date at each.

Writing records costs nothing until somebody searches an object. From then on triggers note which of its rows are
changed or deleted (new ones are known by their row numbers, which only grow), and the next search reads those anew. The
index is a temporary database of its own, so that neither the org's file nor its snapshots know of it; what it holds of
deleted records does no harm, since a search goes on as a query.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.schema import TEXT_TYPES
from specforce_mockserver.sosl.terms import TermError
from specforce_mockserver.sosl.words import SHORT_SCRIPT_GLOB, TOKENIZER, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import Field, SObjectType
    from specforce_mockserver.sosl.terms import Term

# The columns of the index, and which of them each `IN … FIELDS` looks into.
COLUMNS: Final = ("name", "email", "phone", "key", "other")
SCOPES: Final = {
    "ALL": COLUMNS,
    "NAME": ("name",),
    "EMAIL": ("email",),
    "PHONE": ("phone",),
    "SIDEBAR": ("name", "email", "phone", "key"),
}
MAX_FITTING_WORDS: Final = 10_000
# Objects whose records are found by any of the words, unless operators say otherwise.
ANY_WORD_WILL_DO: Final = frozenset({"Document", "KnowledgeArticleVersion", "Solution"})
_NAMES: Final = frozenset({"FirstName", "LastName", "Subject"})
_NOT_SEARCHED: Final = frozenset({"id", "reference", "encryptedstring", "anyType"})
# A word of its own before each value of a column, so that no phrase reaches from one into the next.
_BEFORE: Final = " \ue000 "
# Names of tables are never used twice, as one index may still be closed while the next one begins.
_NUMBERS: Final = itertools.count()


class _Words:
    """The index of some fields of one object: its table, and up to which row it is made."""

    def __init__(self, sobject: SObjectType, fields: Sequence[Field]) -> None:
        number = next(_NUMBERS)
        self.sobject = sobject
        self.fields = {column: list[str]() for column in COLUMNS}
        for field in fields:
            self.fields[_column(field)].append(quoted(field.name))
        self.table = f"words_{number}"
        self.vocabulary = f"vocabulary_{number}"
        self.changes = f"changed_words_{number}"
        self.last_row = 0
        self.watched = False

    @property
    def values(self) -> str:
        """The expressions of the columns, from a row of the object."""
        return ", ".join(_joined(names) for names in self.fields.values())

    @property
    def searched(self) -> str:
        """The fields whose change matters."""
        return ", ".join(each for names in self.fields.values() for each in names)


class SearchIndex:
    """The words of one org's records: `org.part(SearchIndex)`."""

    def __init__(self, org: Org) -> None:
        self._database = org.database
        self._words: dict[tuple[str, ...], _Words] = {}
        self._changed: dict[str, set[int]] = {}
        self._closed = False
        self._lock = threading.Lock()
        self._noting = threading.Lock()
        # A temporary file of SQLite's own, which goes with the connection.
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False, uri=True)
        self._connection.create_function("spaced", 1, spaced, deterministic=True)
        self._connection.execute("ATTACH ? AS org", (f"{self._database.path.absolute().as_uri()}?mode=ro",))

    def rows(self, sobject: SObjectType, term: Term, scope: str) -> list[int]:
        """SQLite's numbers of the rows that have what is searched for, deleted ones too, in order.

        Args:
            sobject: as the user sees it, whose fields alone are searched.
            term: what is searched for.
            scope: one of `SCOPES`.

        Raises:
            TermError: the search is too complicated.
        """
        fields = [each for each in sobject.columns if each.type in TEXT_TYPES and each.type not in _NOT_SEARCHED]
        if not fields:
            return []
        key = (sobject.name, *(each.name for each in fields))
        with self._noting:
            words = self._words.get(key)
            if words is None:
                words = self._words[key] = _Words(sobject, fields)
        watching = self._note_changes(words)
        with self._lock:
            if self._closed:
                return []
            self._bring_up_to_date(words, watching=watching)
            by_default = "OR" if sobject.name in ANY_WORD_WILL_DO or sobject.name.endswith("__kav") else "AND"
            expression = term.expression(lambda pattern: self._fitting(words, pattern), by_default)
            columns = " ".join(SCOPES[scope])
            return self._found(words, f"{{{columns}}} : ({expression})")

    def close(self) -> None:
        """Take the triggers away and forget the words; a search that is under way finds nothing."""
        with self._database.write() as writer:
            self._closed = True
            for words in self._words.values():
                if words.watched:
                    _forget(writer, words)
        with self._lock:
            self._connection.close()

    def _note_changes(self, words: _Words) -> bool:
        """Take over which rows changed; False inside a transaction of the caller's own, which may yet be undone."""
        if self._database.writing_here:
            return words.watched
        with self._database.write() as writer:
            if self._closed:
                return False
            if not words.watched:
                _watch(writer, words)
                words.watched = True
                return True
            rows = [row for (row,) in writer.execute(f"SELECT row FROM {words.changes}")]  # noqa: S608 - our own name
            if rows:
                writer.execute(f"DELETE FROM {words.changes}")  # noqa: S608
        with self._noting:
            self._changed.setdefault(words.table, set()).update(rows)
        return True

    def _bring_up_to_date(self, words: _Words, *, watching: bool) -> None:
        """Read the rows that are new or changed; all, and for this once only, while nobody watches them."""
        with self._noting:
            changed = self._changed.pop(words.table, set())
        # One transaction: all statements see the org's rows as they are at one moment.
        self._connection.execute("BEGIN")
        try:
            last_row = self._read_changes(words, changed)
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            words.last_row = 0
            raise
        words.last_row = last_row if watching else 0

    def _read_changes(self, words: _Words, changed: set[int]) -> int:
        """Bring the index up to date; the number of the last row of the object is answered."""
        connection = self._connection
        if not words.last_row:
            connection.execute(f"DROP TABLE IF EXISTS {words.vocabulary}")
            connection.execute(f"DROP TABLE IF EXISTS {words.table}")
            columns = ", ".join(COLUMNS)
            connection.execute(f"CREATE VIRTUAL TABLE {words.table} USING fts5({columns}, tokenize = '{TOKENIZER}')")
            connection.execute(f"CREATE VIRTUAL TABLE {words.vocabulary} USING fts5vocab({words.table}, 'row')")
        elif changed:
            numbers = json.dumps(sorted(changed))
            among = "IN (SELECT value FROM json_each(?))"
            connection.execute(f"DELETE FROM {words.table} WHERE rowid {among}", (numbers,))  # noqa: S608 - our own name
            self._read(words, f"rowid {among} AND rowid <= ?", (numbers, words.last_row))
        self._read(words, "rowid > ?", (words.last_row,))
        newest = f"SELECT ifnull(max(rowid), 0) FROM org.{quoted(words.sobject.name)}"  # noqa: S608 - name of the schema
        (last_row,) = connection.execute(newest).fetchone()
        return int(last_row)

    def _read(self, words: _Words, where: str, parameters: tuple[Any, ...]) -> None:
        """Take in some rows."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO {words.table} (rowid, {', '.join(COLUMNS)}) "  # noqa: S608 - names of the schema
            f"SELECT rowid, {words.values} FROM org.{quoted(words.sobject.name)} WHERE {where}",
            parameters,
        )

    def _found(self, words: _Words, expression: str) -> list[int]:
        statement = f"SELECT rowid FROM {words.table} WHERE {words.table} MATCH ? ORDER BY rowid"  # noqa: S608
        try:
            return [row for (row,) in self._connection.execute(statement, (expression,))]
        except sqlite3.OperationalError as error:
            raise TermError("The search is too complicated") from error

    def _fitting(self, words: _Words, pattern: str) -> Iterable[str]:
        """The words that fit a pattern, some thousand at most."""
        first = min(pattern.find(each) for each in "*?" if each in pattern)
        begin = pattern[:first]
        statement = (
            f"SELECT term FROM {words.vocabulary} "  # noqa: S608 - our own name
            "WHERE term >= ? AND term < ? AND term GLOB ? LIMIT ?"
        )
        found = self._connection.execute(statement, (begin, f"{begin}\U0010ffff", pattern, MAX_FITTING_WORDS))
        return [term for (term,) in found]


def _column(field: Field) -> str:
    """The column of the index that a field's values go to."""
    if field.name_field or field.name in _NAMES:
        return "name"
    if field.type in {"email", "phone"}:
        return field.type
    return "key" if field.external_id else "other"


def _joined(names: Sequence[str]) -> str:
    """Some fields' values as one text."""
    if not names:
        return "''"
    text = " || ".join(f"ifnull('{_BEFORE}' || {name}, '')" for name in names)
    return f"CASE WHEN {text} GLOB '{SHORT_SCRIPT_GLOB}' THEN spaced({text}) ELSE {text} END"


def _watch(writer: sqlite3.Connection, words: _Words) -> None:
    """Have changes of an object's words noted from now on."""
    on = f"ON main.{quoted(words.sobject.name)} BEGIN INSERT OR IGNORE INTO {words.changes} VALUES"
    writer.execute(f"CREATE TEMP TABLE {words.changes} (row INTEGER PRIMARY KEY)")
    writer.execute(f"CREATE TEMP TRIGGER {words.changes}_by_delete AFTER DELETE {on} (OLD.rowid); END")
    update = f"AFTER UPDATE OF {words.searched}"
    writer.execute(f"CREATE TEMP TRIGGER {words.changes}_by_update {update} {on} (NEW.rowid); END")


def _forget(writer: sqlite3.Connection, words: _Words) -> None:
    writer.execute(f"DROP TRIGGER {words.changes}_by_update")
    writer.execute(f"DROP TRIGGER {words.changes}_by_delete")
    writer.execute(f"DROP TABLE {words.changes}")
