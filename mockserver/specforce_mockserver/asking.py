"""Queries as a user of an org asks them: on the org's clock, in the user's time zone, week and fiscal year.

Everything that runs SOQL for somebody (REST, bulk, SOAP, reports, list views, searches) compiles it here.
Source: specs/reference/soql.md section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import resource_records, soql
from specforce_mockserver.locales import first_weekday
from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.zones import known_zone

if TYPE_CHECKING:
    from specforce_mockserver.org import Org


def compiled_for(
    org: Org, text: str, *, version: str, user_id: str, include_deleted: bool = False
) -> soql.CompiledQuery:
    """A query as a user asks it now.

    Args:
        org: that is asked.
        text: the query.
        version: the request's API version (`67.0`).
        user_id: who asks.
        include_deleted: whether rows in the Recycle Bin and archived activities are found.

    Raises:
        SoqlError: Salesforce would refuse it, with its errorCode and message.
    """
    resource_records.appear(org, text)
    return soql.compile_query(
        org.schema,
        text,
        now=org.clock.now(),
        version=version,
        include_deleted=include_deleted,
        user_id=user_id,
        settings=settings_of(org, user_id),
    )


def settings_of(org: Org, user_id: str) -> soql.Settings:
    """What the records of a user and of the org say about time, whether the user may see them or not; the org's words
    where the user has none.
    """
    org = org.whole
    user = _values(org, "User", ("TimeZoneSidKey", "LocaleSidKey"), user_id)
    company = _values(
        org,
        "Organization",
        ("TimeZoneSidKey", "DefaultLocaleSidKey", "FiscalYearStartMonth", "UsesStartDateAsFiscalYearName"),
    )
    month = company["FiscalYearStartMonth"]
    named_by_start = company["UsesStartDateAsFiscalYearName"]
    return soql.Settings(
        time_zone=known_zone(user["TimeZoneSidKey"] or company["TimeZoneSidKey"] or org.settings.time_zone),
        first_weekday=first_weekday(user["LocaleSidKey"] or company["DefaultLocaleSidKey"]),
        fiscal_year_start_month=month if isinstance(month, int) and 1 <= month <= 12 else 1,
        fiscal_year_named_by_end=named_by_start == 0,
    )


def _values(org: Org, sobject_name: str, names: tuple[str, ...], record_id: str | None = None) -> dict[str, Any]:
    """Some values of one record (the object's only one, without an Id); None for what isn't there."""
    values: dict[str, Any] = dict.fromkeys(names)
    sobject = org.schema.type(sobject_name)
    present = [name for name in names if sobject is not None and sobject.field(name) is not None]
    if not present:
        return values
    columns = ", ".join(map(quoted, present))
    where, parameters = ("WHERE Id = ?", (record_id,)) if record_id else ("LIMIT 1", ())
    statement = f"SELECT {columns} FROM {quoted(sobject_name)} {where}"  # noqa: S608 - names come from the schema
    found = org.database.reader().execute(statement, parameters).fetchone()
    return values if found is None else values | dict(zip(present, found, strict=True))
