"""Running a search: the records of each object that have the words, then their fields by SOQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.asking import compiled_for
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.schema import TEXT_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver import soql
    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import Field, SObjectType
    from specforce_mockserver.sosl.statement import Wanted
    from specforce_mockserver.sosl.terms import Matches

MAX_RECORDS = 2000
_NAMES = frozenset({"FirstName", "LastName", "Subject"})
_NOT_SEARCHED = frozenset({"id", "reference", "encryptedstring", "anyType"})


class Search:
    """One search by one user in one API version."""

    def __init__(self, org: Org, matches: Matches, scope: str, *, api_version: str, user_id: str) -> None:
        self._org = org
        self._matches = matches
        self._scope = scope
        self._api_version = api_version
        self._user_id = user_id

    def records(self, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
        """The records of one object, at most `limit`.

        Raises:
            SoqlError: an object or a field that doesn't exist, a condition that isn't one.
        """
        sobject = self._org.schema.type(wanted.sobject)
        fields = wanted.fields or ["Id"]
        if sobject is None:
            self._compiled(f"SELECT {', '.join(fields)} FROM {wanted.sobject}")  # noqa: S608 - SOQL; it is refused
            return []
        base = f"SELECT {', '.join(fields)} FROM {sobject.name}"  # noqa: S608 - SOQL, checked by its compiler
        self._compiled(base + (f" WHERE {wanted.where}" if wanted.where else ""))
        ids = self._ids(sobject)
        if not ids:
            return []
        listed = ", ".join(f"'{each}'" for each in ids)
        text = f"{base} WHERE Id IN ({listed})" + (f" AND ({wanted.where})" if wanted.where else "")
        if wanted.order_by:
            text += f" ORDER BY {wanted.order_by}"
        text += f" LIMIT {min(limit, wanted.limit or limit)}" + (f" OFFSET {wanted.offset}" if wanted.offset else "")
        with self._org.database.reading() as connection:
            return self._compiled(text).run(connection, page_size=MAX_RECORDS).records

    def _compiled(self, text: str) -> soql.CompiledQuery:
        return compiled_for(self._org, text, version=self._api_version, user_id=self._user_id)

    def _ids(self, sobject: SObjectType) -> list[str]:
        """The live records that have the words, each word in whichever of the searched fields."""
        fields = self._searched(sobject)
        if not fields:
            return []
        columns = ", ".join(f"ifnull({quoted(each.name)}, '')" for each in fields)
        rows = self._org.database.reader().execute(
            f"SELECT Id, {columns} FROM {quoted(sobject.name)} WHERE IsDeleted = 0 ORDER BY rowid"  # noqa: S608
        )
        found: list[str] = []
        for record_id, *texts in rows:
            if self._matches("\n".join(map(str, texts))):
                found.append(record_id)
                if len(found) == MAX_RECORDS:
                    break
        return found

    def _searched(self, sobject: SObjectType) -> Sequence[Field]:
        texts = [each for each in sobject.columns if each.type in TEXT_TYPES and each.type not in _NOT_SEARCHED]
        if self._scope == "ALL":
            return texts
        return [each for each in texts if self._in_scope(each)]

    def _in_scope(self, field: Field) -> bool:
        named = field.name_field or field.name in _NAMES
        return {
            "NAME": named,
            "EMAIL": field.type == "email",
            "PHONE": field.type == "phone",
            "SIDEBAR": named or field.type in {"email", "phone"} or field.external_id,
        }[self._scope]


def searchable(org: Org) -> list[str]:
    """The objects that a search without RETURNING looks into."""
    return [each.name for each in org.schema.values() if each.searchable]
