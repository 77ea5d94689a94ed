"""E-mail templates: `{!Contact.Name}` in a text becomes that field of the record it is about.

Who it is to (a contact, lead or user) answers to its object's name and to `Recipient`, what it is about to its
object's name, the caller to `User`, the org to `Organization`. Source: specs/reference/soap.md sections 7 and 8; the
merge fields are [E].
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.rows import seen
from specforce_mockserver.soap.delegation import malformed_id

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call
    from specforce_mockserver.schema import SObjectType

_MERGE_FIELD: Final = re.compile(r"\{!\s*(\w+)\.(\w+)\s*\}")


class MergeFields:
    """The records that the merge fields of one message are about.

    Args:
        call: whose caller sends; what the caller may not see isn't there.
        who_id: Id of a contact, lead or user; None for nobody.
        what_id: Id of any record; None for none.

    Raises:
        ApiError: an Id is none, or of no live record.
    """

    def __init__(self, call: Call, who_id: str | None, what_id: str | None) -> None:
        self._call = call
        self._org = call.org
        self._records: dict[str, tuple[SObjectType, str]] = {}
        self._add(call.org.identity.org_id)
        self._add(call.user_id)
        if what_id:
            self._add(what_id)
        if who_id:
            self._records["recipient"] = self._add(who_id)

    def _add(self, text: str) -> tuple[SObjectType, str]:
        record_id = to_18(text) or ""
        sobject = self._org.schema.by_id(record_id)
        if sobject is None:
            raise malformed_id(text)
        found = rows_by_id(self._org.database.reader(), sobject, [record_id], ("IsDeleted",)).get(record_id)
        if found is None or found[0] or not seen(self._call, sobject, [record_id]):
            raise ApiError(500, "INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {text}")
        self._records[sobject.name.lower()] = (sobject, record_id)
        return sobject, record_id

    def merge(self, text: str, *, as_html: bool = False) -> str:
        """A text with its merge fields filled in; one of a record that isn't there is left empty.

        Raises:
            ApiError: a record has no such field.
        """
        return _MERGE_FIELD.sub(lambda found: self._value(found[1], found[2], as_html=as_html), text)

    def _value(self, name: str, field_name: str, *, as_html: bool) -> str:
        about = self._records.get(name.lower())
        if about is None:
            return ""
        sobject, record_id = about
        field = sobject.field(field_name)
        if field is None or field.compound:
            raise ApiError(500, "EMAIL_TEMPLATE_MERGEFIELD_ERROR", f"{name}.{field_name} is not a merge field")
        (value,) = rows_by_id(self._org.database.reader(), sobject, [record_id], (field.name,))[record_id]
        text = "" if value is None else str(value)
        return html.escape(text) if as_html else text
