"""What `sf.bulk.export` was told, checked, and the query that it makes where it was given none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

from specforce import soql
from specforce.soql import identifier
from specforce_api.runtime.errors import ApiError, InputError, JobFailed, SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from specforce.bulk.dialect import Dialect
    from specforce.bulk.pages import PageOptions
    from specforce.bulk.progress import Listener
    from specforce.bulk_v1.chunking import PkChunking
    from specforce_api.rest.models import DescribeSObjectResult
    from specforce_api.runtime.errors import SalesforceError

Method: TypeAlias = Literal["auto", "bulk", "bulk_v1"]
QueryOperation: TypeAlias = Literal["query", "queryAll"]

_NOT_EXPORTED: Final = frozenset({"address", "location", "base64", "complexvalue"})
"""Types of fields that bulk queries don't take: compound ones, whose parts are fields of their own, and binary ones."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Fields of an object.

    Attributes:
        sobject: the object.
        fields: field paths; `None` for all that can be exported.
        where: the condition, binds already in it; `None` for all records.
    """

    sobject: str
    fields: tuple[str, ...] | None
    where: str | None

    def soql(self, fields: Sequence[str]) -> str:
        """The query for these fields."""
        condition = f" WHERE {self.where}" if self.where else ""
        return f"SELECT {', '.join(fields)} FROM {self.sobject}{condition}"  # noqa: S608 - names and binds are checked


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """One export.

    Attributes:
        query: SOQL, or what to make it of.
        operation: `query`, or `queryAll` for deleted and archived records too.
        method: which API.
        pk_chunking: how Bulk API 1.0 splits the query.
        dialect: how Salesforce writes the result.
        pages: how its pages are fetched.
        folder: where pages wait; `None` for beside the file that is written, or the system's place.
        timeout_s: seconds until the job must be done; `None` for no deadline.
        abort_on_timeout: abort the job if it isn't.
        abort_on_cancel: abort it where waiting for it is cancelled or interrupted.
        progress: who is told.
    """

    query: str | Selection
    operation: QueryOperation
    method: Method
    pk_chunking: PkChunking | None
    dialect: Dialect
    pages: PageOptions
    folder: Path | None
    timeout_s: float | None
    abort_on_timeout: bool
    abort_on_cancel: bool
    progress: bool | Listener | None


def read_query(
    text: str | None,
    sobject: str | None,
    fields: Sequence[str] | None,
    where: str | None,
    values: Mapping[str, soql.Value],
) -> str | Selection:
    """What to query, from the arguments of `sf.bulk.export`.

    Raises:
        InputError: a query and an object, or neither; a name that isn't one; binds that don't fit.
    """
    if text is not None:
        if sobject is not None or fields is not None or where is not None:
            raise InputError("pass a query, or sobject= with fields= and where=, not both")
        return soql.bind(text, values)
    if sobject is None:
        raise InputError("what is to be exported? Pass a query, or sobject=")
    if isinstance(fields, str) or (fields is not None and not fields):
        raise InputError(f"fields={fields!r}: it is a list of field names, or None for all")
    paths = None if fields is None else tuple(identifier(path, what="field") for path in fields)
    condition = soql.bind(where or "", values) or None
    return Selection(identifier(sobject, what="sobject"), paths, condition)


def exportable_fields(describe: DescribeSObjectResult) -> list[str]:
    """The fields of an object that a bulk query takes."""
    return [field.name for field in describe.fields if str(field.type_) not in _NOT_EXPORTED]


def query_operation(name: str) -> QueryOperation:
    """Check an operation; `query_all` will do.

    Raises:
        InputError: a bulk query has no such operation.
    """
    spelled: Any = {"query_all": "queryAll"}.get(name, name)
    if spelled not in get_args(QueryOperation):
        raise InputError(f"operation={name!r}: it is 'query' or 'queryAll'")
    return cast("QueryOperation", spelled)


def export_method(name: str) -> Method:
    """Check a method.

    Raises:
        InputError: there is no such.
    """
    if name not in get_args(Method):
        raise InputError(f"method={name!r}: it is one of {', '.join(map(repr, get_args(Method)))}")
    return cast("Method", name)


def needs_other_api(error: SalesforceError, options: ExportOptions) -> bool:
    """Whether Bulk API 1.0 may bring what Bulk API 2.0 refused, and is to be asked.

    It may where the API version is below 47.0, which has no queries of Bulk API 2.0; where that doesn't support the
    object (INVALIDENTITY); and where a query took too long (QUERY_TIMEOUT), which is split there.
    """
    if options.method != "auto" or options.dialect.delimiter != ",":
        return False
    if isinstance(error, ApiError):
        return error.error_code == "INVALIDENTITY"
    return isinstance(error, SpecError) or (isinstance(error, JobFailed) and "QUERY_TIMEOUT" in str(error))
