"""Requests that travel inside another one: gathered, and referring to each other. No I/O.

A reference stands for a value that an earlier request will answer. In what is sent, `@{...}` is a reference and nothing
else: text of the caller's that holds it is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, overload
from urllib.parse import quote, urlencode

import msgspec

from specforce import soql
from specforce._ids import check_id
from specforce._operations import decoded_by
from specforce._outgoing import for_create, for_update, for_upsert
from specforce._records import Saved, declared_fields, decode, decode_page, encode, encode_json
from specforce._references import Placeholder, Placeholders, Reference
from specforce._returns import check_returns, read_as
from specforce._saving import saved
from specforce._subresults import Results
from specforce.soql import identifier
from specforce_api.rest import operations
from specforce_api.runtime.errors import InputError, IntegrityError
from specforce_api.runtime.operation import Operation, OperationInfo, Reply
from specforce_api.runtime.types import UNSET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

R = TypeVar("R")
T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_DATA_URL = re.compile(r"/?(?:services/data/)?v[0-9]{2,3}\.0/")
_COUNTED = re.compile(r"/services/data/v[0-9.]+/(query|queryAll|composite/sobjects)([/?]|$)")
MAX_SUBREQUESTS = 25
MAX_QUERIES = 5


class Subrequests:
    """Requests that are gathered to be sent together.

    Args:
        api_version: of their URLs.
        limit: how many there may be.
    """

    def __init__(self, api_version: str, *, limit: int = MAX_SUBREQUESTS) -> None:
        self._api_version = api_version
        self._limit = limit
        self._references: dict[str, Reference[Any]] = {}
        self._placeholders = Placeholders()

    def __len__(self) -> int:
        return len(self._references)

    def create(self, sobject: str, record: object, *, reference_id: str | None = None) -> Reference[Saved]:
        """Create a record; values may be references' `id`.

        Args:
            reference_id: the request's name among the others; one is made up without it.
        """
        operation = operations.create_record(_sobject(sobject), body={})
        operation_id = operation.info.operation_id
        sent = replace(operation, body=encode(for_create(record)))
        return self.add(_then(sent, lambda result: saved(operation_id, result)), reference_id=reference_id)

    @overload
    def get(
        self, sobject: str, record_id: str, fields: Sequence[str] | None = None, *, reference_id: str | None = None
    ) -> Reference[dict[str, Any]]: ...
    @overload
    def get(
        self,
        sobject: str,
        record_id: str,
        fields: Sequence[str] | None = None,
        *,
        returns: type[R],
        reference_id: str | None = None,
    ) -> Reference[R]: ...
    def get(
        self,
        sobject: str,
        record_id: str,
        fields: Sequence[str] | None = None,
        *,
        returns: type[Any] = dict[str, Any],
        reference_id: str | None = None,
    ) -> Reference[Any]:
        """Read a record.

        Args:
            fields: API names; without it those that `returns` declares, or every field.
            returns: the type of the record.
        """
        wanted = fields if fields is not None else declared_fields(returns)
        checked = [identifier(field, what="fields") for field in wanted] or UNSET
        operation = operations.get_record(_sobject(sobject), _id(record_id), fields=checked)
        return self.add(_read(operation, returns), reference_id=reference_id)

    def update(
        self, sobject: str, record_id: str, record: object, *, reference_id: str | None = None
    ) -> Reference[None]:
        """Change a record; `None` clears a field."""
        fields = for_create(record) if isinstance(record_id, Placeholder) else for_update(record, record_id)[1]
        operation = operations.update_record(_sobject(sobject), _id(record_id), body={})
        return self.add(replace(operation, body=encode(fields)), reference_id=reference_id)

    def upsert(
        self, sobject: str, field: str, value: str | int, record: object, *, reference_id: str | None = None
    ) -> Reference[Saved]:
        """Create or change the record that has this external id."""
        fields = for_upsert(record, identifier(field, what="field"), str(value))
        operation = operations.upsert_record(_sobject(sobject), field, str(value), body={})
        operation_id = operation.info.operation_id
        sent = replace(operation, body=encode(fields))
        return self.add(_then(sent, lambda result: saved(operation_id, result)), reference_id=reference_id)

    def delete(self, sobject: str, record_id: str, *, reference_id: str | None = None) -> Reference[None]:
        """Put a record into the recycle bin."""
        return self.add(operations.delete_record(_sobject(sobject), _id(record_id)), reference_id=reference_id)

    def add(self, operation: Operation[T], *, reference_id: str | None = None) -> Reference[T]:
        """Any operation of `specforce_api`, such as `specforce_api.rest.operations.get_limits()`.

        Raises:
            InputError: too many requests, a name that is taken or can't be, a body that isn't JSON, a reference to a
                later request. SpecError: it isn't part of the API version.
        """
        if len(self) >= self._limit:
            raise InputError(f"one request holds {self._limit} others at most, and this would be one more")
        name = reference_id or f"ref{len(self) + 1}"
        if not _NAME.fullmatch(name) or name in self._references:
            raise InputError(f"reference_id={name!r} is taken, or isn't made of letters, digits and _")
        if operation.body is not None and operation.content_type != "application/json":
            raise InputError(f"{operation.info.operation_id} has no JSON body: it can't travel in another request")
        reference = Reference(name, operation, self._placeholders)
        self._url(operation)
        self._placeholders.sent(_text(operation.body))
        self._references[name] = reference
        return reference

    def _url(self, operation: Operation[Any]) -> str:
        """The URL with its query, in which references stand as they are; text that would be read as one is refused."""
        url = operation.url_path(self._api_version)
        if operation.params:
            url += "?" + urlencode(operation.params, quote_via=quote)
        return self._placeholders.sent(self._placeholders.in_url(url))

    def composite_request(self) -> list[dict[str, Any]]:
        """The requests as `/composite` and a graph want them."""
        found: list[dict[str, Any]] = []
        for name, reference in self._references.items():
            operation = reference.operation
            entry: dict[str, Any] = {
                "method": operation.info.method,
                "url": self._url(operation),
                "referenceId": name,
            }
            if operation.body is not None:
                entry["body"] = msgspec.Raw(self._placeholders.sent(_text(operation.body)).encode())
            if operation.headers:
                entry["httpHeaders"] = dict(operation.headers)
            found.append(entry)
        return found

    def count_queries(self) -> int:
        """How many of them are queries or collections, of which `/composite` takes few."""
        return sum(bool(_COUNTED.match(self._url(each.operation))) for each in self._references.values())

    def results(self, answers: Mapping[str, Reply]) -> Results:
        """The answers, by the requests' names.

        Raises:
            IntegrityError: they aren't those of these requests.
        """
        if answers.keys() != self._references.keys():
            raise IntegrityError(
                f"{len(self)} requests were sent and {len(answers)} answered", expected=len(self), actual=len(answers)
            )
        return Results(self._references, answers)


class QueryingSubrequests(Subrequests):
    """The same where queries and requests of any kind may be among them."""

    @overload
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[dict[str, Any]] = ...,
        reference_id: str | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> Reference[list[dict[str, Any]]]: ...
    @overload
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[R],
        reference_id: str | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> Reference[list[R]]: ...
    def query(
        self,
        text: str,
        /,
        *,
        returns: type[Any] = dict[str, Any],
        reference_id: str | None = None,
        binds: Mapping[str, soql.Value] | None = None,
        **values: soql.Value,
    ) -> Reference[Any]:
        """The records of a query, of its first page; more of them raise when they are looked at.

        Args:
            returns: the type of the records.
            binds: values by name, for names that Python has taken; otherwise as `values`.
            values: what `:name` in the query stands for.
        """
        bound = soql.bind(text, {**(binds or {}), **values})
        operation = operations.query(q=bound)

        def read(reply: Reply) -> list[Any]:
            page = decode_page(operation.info, reply, returns, bound)
            if page.next_records_url is not None:
                raise IntegrityError(
                    f"the query found {page.total_size} records, and one page holds {len(page.records)}: use sf.query",
                    expected=page.total_size,
                    actual=len(page.records),
                )
            return page.records

        return self.add(decoded_by(operation, read), reference_id=reference_id)

    @overload
    def request(
        self, method: str, url: str, *, json: object = None, returns: None = None, reference_id: str | None = None
    ) -> Reference[Any]: ...
    @overload
    def request(
        self, method: str, url: str, *, json: object = None, returns: type[R], reference_id: str | None = None
    ) -> Reference[R]: ...
    def request(
        self, method: str, url: str, *, json: object = None, returns: Any = None, reference_id: str | None = None
    ) -> Reference[Any]:
        """A request by its URL: `/services/data/v67.0/limits`, `v67.0/limits` or, of the client's version, `/limits`.

        Args:
            json: its body, if it has one.
            returns: the type of its answer.
        """
        check_returns(returns)
        found = _DATA_URL.match(url)
        version = f"v{self._api_version}/" if found is None else ""
        path = f"/services/data/{version}{url.removeprefix('/').removeprefix('services/data/')}"
        if any(ord(char) < 33 for char in path) or ".." in path:
            raise InputError(f"url={url!r} can't be the URL of a request")
        verb = method.upper()
        info = OperationInfo("subrequest", "rest", verb, path, success=tuple(range(200, 300)))
        body = None if json is None else encode_json(json)
        kind = None if body is None else "application/json"

        def read(reply: Reply) -> Any:
            return read_as(info, reply, returns)

        return self.add(Operation(info, read, path, body=body, content_type=kind), reference_id=reference_id)


def _sobject(name: str) -> str:
    return identifier(name, what="sobject")


def _id(record_id: str) -> str:
    return record_id if isinstance(record_id, Placeholder) else check_id(record_id)


def _text(body: Any) -> str:
    if body is None:
        return ""
    if not isinstance(body, bytes):
        raise InputError("a streamed body can't travel in another request")
    return body.decode()


def _then(operation: Operation[T], convert: Callable[[T], R]) -> Operation[R]:
    """The operation with its answer turned into something else."""

    def converted(reply: Reply) -> R:
        return convert(operation.decode(reply))

    return decoded_by(operation, converted)


def _read(operation: Operation[Any], kind: type[R]) -> Operation[R]:
    """The operation with its answer read as a record."""

    def read(reply: Reply) -> R:
        return decode(operation.info, reply, kind)

    return decoded_by(operation, read)
