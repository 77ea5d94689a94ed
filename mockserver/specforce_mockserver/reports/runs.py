"""Running a report: the query that it means, and its result as the API answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import soql
from specforce_mockserver.asking import compiled_for
from specforce_mockserver.reports.describes import extended_metadata
from specforce_mockserver.reports.facts import Facts
from specforce_mockserver.reports.filters import bad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.org import Org
    from specforce_mockserver.reports.definition import Definition

Json = Any
PAGE: Final = 2000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs a report, through which API version."""

    user_id: str
    api_version: str

    @property
    def reports_path(self) -> str:
        """Where reports are mounted."""
        return f"/services/data/v{self.api_version}/analytics/reports"


def query_of(definition: Definition) -> str:
    """The query that finds a report's records."""
    paths = dict.fromkeys(["Id"])
    groupings = (*definition.down, *definition.across)
    columns = [*definition.columns, *(each.column for each in groupings)]
    columns += [each.column for each in definition.aggregates if each.column is not None]
    for column in columns:
        for path in (column.path, column.record, column.name):
            if path is not None:
                paths[".".join(path)] = None
    text = f"SELECT {', '.join(paths)} FROM {definition.sobject.name}"  # noqa: S608 - SOQL
    if definition.mine:
        text += " USING SCOPE mine"
    if definition.where:
        text += f" WHERE {definition.where}"
    if definition.order:
        text += f" ORDER BY {definition.order}"
    if definition.row_limit is not None:
        text += f" LIMIT {definition.row_limit}"
    return text


def run(org: Org, definition: Definition, caller: Caller, *, details: bool) -> Json:
    """Run a report.

    Returns:
        The result, without `attributes`.

    Raises:
        ApiError: 400, the query that the report means isn't possible.
    """
    try:
        facts = Facts(definition, _records(org, definition, caller), details=details, fiscal_start=_fiscal_start(org))
    except soql.SoqlError as error:
        raise bad(error.message) from error
    tabular = definition.metadata["reportFormat"] == "TABULAR"
    return {
        "allData": not facts.cut,
        **facts.shown(),
        "hasDetailRows": details,
        "hasExceededTabularRowLimit": tabular and facts.cut,
        "picklistColors": {},
        "reportExtendedMetadata": extended_metadata(definition),
        "reportMetadata": definition.metadata,
    }


def check(org: Org, definition: Definition, caller: Caller) -> None:
    """Refuse a report whose query isn't possible.

    Raises:
        ApiError: 400, in the words of SOQL.
    """
    try:
        _compiled(org, definition, caller)
    except soql.SoqlError as error:
        raise bad(error.message) from error


def attributes(metadata: Json, caller: Caller) -> Json:
    """Which report a result is of; a report that isn't saved has no Id."""
    report_id = metadata.get("id")
    base = f"{caller.reports_path}/{report_id}" if report_id is not None else None
    return {
        "describeUrl": f"{base}/describe" if base else None,
        "instancesUrl": f"{base}/instances" if base else None,
        "reportId": report_id,
        "reportName": metadata.get("name"),
        "type": "Report",
    }


def _compiled(org: Org, definition: Definition, caller: Caller) -> soql.CompiledQuery:
    seen = org.seen_by(caller.user_id)
    return compiled_for(seen, query_of(definition), version=caller.api_version, user_id=caller.user_id)


def _records(org: Org, definition: Definition, caller: Caller) -> Iterator[Json]:
    query = _compiled(org, definition, caller)
    with org.database.reading() as connection:
        result = query.run(connection, page_size=PAGE)
        yield from result.records
        for offset in range(PAGE, result.total_size, PAGE):
            yield from result.page(connection, offset=offset, size=PAGE)


def _fiscal_start(org: Org) -> int:
    """The month in which the org's fiscal year begins."""
    found = org.database.reader().execute("SELECT FiscalYearStartMonth FROM Organization").fetchone()
    return int(found[0]) if found and found[0] else 1
