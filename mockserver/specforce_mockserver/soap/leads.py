"""Converting leads: an account, a contact and (unless that isn't wanted) an opportunity are made of each, or found.

Of records that are there already only empty fields are filled. A lead that is refused changes nothing. Source:
specs/reference/soap.md section 4; which fields go where is Salesforce's standard mapping [E].
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.composite.records import row_json
from specforce_mockserver.ids import to_18
from specforce_mockserver.records import batch_from_json
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.records.results import RowError, RowRefusedError, RowResult
from specforce_mockserver.records.write import set_where_id
from specforce_mockserver.soap.delegation import flag_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType

Json = dict[str, Any]
_ADDRESS: Final = ("Street", "City", "State", "PostalCode", "Country")
_ACCOUNT: Final = {name: name for name in ("Phone", "Fax", "Website", "Industry", "AnnualRevenue", "NumberOfEmployees")}
_CONTACT: Final = {
    name: name
    for name in ("FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "MobilePhone", "Fax", "LeadSource")
}
_OPPORTUNITY: Final = {"LeadSource": "LeadSource"}
MAX_NAME = 80


class LeadConverter:
    """Converts leads of one org in a user's name."""

    def __init__(self, org: Org, user_id: str) -> None:
        self._org = org
        self._user_id = user_id
        self._leads = org.schema["Lead"]

    def convert(self, wanted: Json) -> Json:
        """Convert one lead; its result by wire names."""
        try:
            with self._org.database.write():
                made = self._converted(wanted)
        except RowRefusedError as refused:
            return {**row_json(RowResult(None, False, refused.error)), "leadId": wanted["leadId"]}
        return {"success": True, **made}

    def _converted(self, wanted: Json) -> Json:
        lead_id = to_18(wanted["leadId"]) or ""
        lead = self._read(self._leads, lead_id)
        self._check(lead, wanted)
        owner = wanted.get("ownerId") or lead["OwnerId"]
        account_id = self._account(lead, wanted, owner)
        contact_id = self._contact(lead, wanted, owner, account_id)
        opportunity_id = self._opportunity(lead, wanted, owner, account_id)
        now = self._org.clock.stored_now()
        values = {
            "IsConverted": 1,
            "Status": wanted["convertedStatus"],
            "ConvertedDate": now[:10],
            "ConvertedAccountId": account_id,
            "ConvertedContactId": contact_id,
            "ConvertedOpportunityId": opportunity_id,
            "LastModifiedDate": now,
            "LastModifiedById": self._user_id,
            "SystemModstamp": now,
        }
        known = {name: value for name, value in values.items() if self._leads.field(name) is not None}
        set_where_id(self._org.database.writer, self._leads, [lead_id], known)
        return {"leadId": lead_id, "accountId": account_id, "contactId": contact_id, "opportunityId": opportunity_id}

    def _check(self, lead: Json, wanted: Json) -> None:
        status = self._leads.field("Status")
        statuses = [each.value for each in status.picklist] if status is not None else []
        converted = {each for each in statuses if each.endswith("Converted") and "Not" not in each}
        if lead.get("IsConverted"):
            raise RowRefusedError(RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"))
        if wanted["convertedStatus"] not in converted:
            message = f"invalid convertedStatus: {wanted['convertedStatus']}"
            raise RowRefusedError(RowError("INVALID_STATUS", message, ("Status",)))
        if wanted.get("contactId") and not wanted.get("accountId"):
            raise RowRefusedError(RowError("REQUIRED_FIELD_MISSING", "contactId needs accountId", ("accountId",)))
        if _says(wanted, "overwriteLeadSource") and not wanted.get("contactId"):
            message = "overwriteLeadSource needs contactId"
            raise RowRefusedError(RowError("REQUIRED_FIELD_MISSING", message, ("contactId",)))
        if wanted.get("opportunityId") and (wanted.get("opportunityName") or _says(wanted, "doNotCreateOpportunity")):
            raise RowRefusedError(RowError("INVALID_FIELD", "opportunityId excludes a new opportunity"))
        if str(lead["OwnerId"]).startswith("00G") and not wanted.get("ownerId"):
            message = "The owner of a lead that a queue owns must be given"
            raise RowRefusedError(RowError("REQUIRED_FIELD_MISSING", message, ("ownerId",)))

    def _account(self, lead: Json, wanted: Json, owner: str) -> str:
        values = _mapped(lead, _ACCOUNT) | _mapped(lead, {name: f"Billing{name}" for name in _ADDRESS})
        if wanted.get("accountId"):
            return self._filled("Account", wanted["accountId"], values)
        return self._made("Account", {"Name": lead["Company"], "OwnerId": owner, **values}, _given(wanted, "account"))

    def _contact(self, lead: Json, wanted: Json, owner: str, account_id: str) -> str:
        values = _mapped(lead, _CONTACT) | _mapped(lead, {name: f"Mailing{name}" for name in _ADDRESS})
        if wanted.get("contactId"):
            always = {"LeadSource": lead["LeadSource"]} if _says(wanted, "overwriteLeadSource") else {}
            return self._filled("Contact", wanted["contactId"], values, always)
        return self._made("Contact", {"AccountId": account_id, "OwnerId": owner, **values}, _given(wanted, "contact"))

    def _opportunity(self, lead: Json, wanted: Json, owner: str, account_id: str) -> str | None:
        values = _mapped(lead, _OPPORTUNITY)
        if wanted.get("opportunityId"):
            return self._filled("Opportunity", wanted["opportunityId"], values)
        if _says(wanted, "doNotCreateOpportunity"):
            return None
        stage = self._org.schema["Opportunity"].field("StageName")
        record = {
            "Name": wanted.get("opportunityName") or str(lead["Company"])[:MAX_NAME],
            "AccountId": account_id,
            "OwnerId": owner,
            "StageName": stage.picklist[0].value if stage is not None and stage.picklist else "Prospecting",
            "CloseDate": self._quarter_end(),
            **values,
        }
        return self._made("Opportunity", record, _given(wanted, "opportunity"))

    def _made(self, name: str, values: Mapping[str, Any], given: Json) -> str:
        """Insert a record of the lead's values, those of them that its object has, and of the caller's; its Id."""
        sobject = self._org.schema[name]
        batch = batch_from_json(self._org.schema, sobject, [{**_known(sobject, values), **given}])
        result = self._org.records.insert(batch, user_id=self._user_id)[0]
        if result.error is not None or result.id is None:
            raise RowRefusedError(result.error or RowError("UNKNOWN_EXCEPTION", "nothing was made"))
        return result.id

    def _filled(self, name: str, text: str, values: Json, always: Json | None = None) -> str:
        """Give a record that is there the values of its empty fields; its Id."""
        sobject = self._org.schema[name]
        record_id = to_18(text) or ""
        found = self._read(sobject, record_id)
        missing = {key: value for key, value in _known(sobject, values).items() if found.get(key) in (None, "")}
        batch = batch_from_json(self._org.schema, sobject, [{"Id": record_id, **missing, **(always or {})}])
        result = self._org.records.update(batch, user_id=self._user_id)[0]
        if result.error is not None:
            raise RowRefusedError(result.error)
        return record_id

    def _read(self, sobject: SObjectType, record_id: str) -> Json:
        """The stored values of a live record."""
        names = [field.name for field in sobject.columns]
        row = rows_by_id(self._org.database.writer, sobject, [record_id], names).get(record_id)
        found = dict(zip(names, row, strict=True)) if row is not None else {}
        if not found or found.get("IsDeleted"):
            raise RowRefusedError(RowError("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {record_id}"))
        return found

    def _quarter_end(self) -> str:
        """The last day of the quarter, where a new opportunity's close date is put. [E]"""
        today = datetime.fromtimestamp(self._org.clock.now(), UTC)
        month = (today.month - 1) // 3 * 3 + 3
        return f"{today.year}-{month:02d}-{31 if month in (3, 12) else 30}"


def _given(wanted: Json, kind: str) -> Json:
    """The values for a new record that the caller gives."""
    record: Json = wanted.get(f"{kind}Record") or {}
    return {name: value for name, value in record.items() if name != "attributes"}


def _says(wanted: Json, name: str) -> bool:
    return flag_of(wanted.get(name))


def _mapped(lead: Json, names: Mapping[str, str]) -> Json:
    """The lead's values under the names that they have elsewhere, those that it has."""
    return {there: lead[here] for here, there in names.items() if lead.get(here) not in (None, "")}


def _known(sobject: SObjectType, values: Mapping[str, Any]) -> Json:
    return {name: value for name, value in values.items() if sobject.field(name) is not None}
