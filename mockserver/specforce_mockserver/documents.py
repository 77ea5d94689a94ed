"""What administrators and users set up besides records: reports, dashboards and the like, as JSON documents.

They live in the database beside the records, so a restored snapshot or a database on file has them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specforce_mockserver.database import Database

Document = dict[str, Any]
TABLE = (
    "CREATE TABLE IF NOT EXISTS _document "
    "(kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID"
)


class Documents:
    """The documents of one org, by kind and Id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, kind: str, document_id: str, body: Document) -> None:
        """Keep a document, in place of the one that has its Id."""
        with self._database.write() as writer:
            writer.execute("INSERT OR REPLACE INTO _document VALUES (?, ?, ?)", (kind, document_id, json.dumps(body)))

    def get(self, kind: str, document_id: str) -> Document | None:
        """A document, yours to change; None when there is none."""
        found = self._database.reader().execute(
            "SELECT body FROM _document WHERE kind = ? AND id = ?", (kind, document_id)
        )
        row: tuple[str] | None = found.fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str) -> dict[str, Document]:
        """Every document of a kind, in the order of their Ids."""
        rows = self._database.reader().execute("SELECT id, body FROM _document WHERE kind = ? ORDER BY id", (kind,))
        return {document_id: json.loads(body) for document_id, body in rows}

    def delete(self, kind: str, document_id: str) -> bool:
        """Forget a document; whether there was one is answered."""
        with self._database.write() as writer:
            return writer.execute("DELETE FROM _document WHERE kind = ? AND id = ?", (kind, document_id)).rowcount > 0

    def clear(self) -> None:
        """Forget them all."""
        with self._database.write() as writer:
            writer.execute("DELETE FROM _document")
