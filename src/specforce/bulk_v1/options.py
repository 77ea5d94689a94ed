"""What a job can be made with, checked before anything is sent.

Source: reference/bulk_v1.md sections 2 and 7.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

from specforce.bulk.parts import Limits
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Operation: TypeAlias = Literal["insert", "update", "upsert", "delete", "hardDelete", "query", "queryAll"]
ContentType: TypeAlias = Literal["CSV", "JSON", "XML"]
ConcurrencyMode: TypeAlias = Literal["Parallel", "Serial"]

QUERIES: Final = frozenset({"query", "queryAll"})
# Salesforce allows 10 MB and 10,000,000 characters; no text has more characters than bytes.
BATCH_LIMITS: Final = Limits(part_bytes=10_000_000, part_rows=10_000)
_WORDS: Final = re.compile(r"'(?:\\.|[^'\\])*'|[()]|[^\s(),']+", re.DOTALL)
_SPELLINGS: Final = {"hard_delete": "hardDelete", "query_all": "queryAll"}


def operation(name: str) -> Operation:
    """Check an operation; `hard_delete` and `query_all` will do.

    Raises:
        InputError: Bulk API 1.0 has no such operation.
    """
    return cast("Operation", _one_of("operation", name, get_args(Operation), _SPELLINGS.get(name, name)))


def content_type(name: str) -> ContentType:
    """Check a content type; its case doesn't matter.

    Raises:
        InputError: there is none such, or one whose batches carry files.
    """
    return cast("ContentType", _one_of("content_type", name, get_args(ContentType), name.upper()))


def concurrency_mode(name: str) -> ConcurrencyMode:
    """Check a concurrency mode; its case doesn't matter.

    Raises:
        InputError: there is none such.
    """
    return cast("ConcurrencyMode", _one_of("concurrency_mode", name, get_args(ConcurrencyMode), name.capitalize()))


def external_id(of: Operation, name: str | None) -> None:
    """Hold operation and external id to each other.

    Raises:
        InputError: an upsert without, or another operation with one.
    """
    if of == "upsert" and not name:
        raise InputError("operation='upsert' needs external_id=, the field that tells old records from new ones")
    if of != "upsert" and name is not None:
        raise InputError(f"external_id={name!r} is for upserts, the operation is {of!r}")


def queried_object(soql: str) -> str:
    """The object of a query's FROM.

    Raises:
        InputError: there is none.
    """
    depth = 0
    words = _WORDS.findall(soql)
    for word, following in pairwise(words):
        depth += (word == "(") - (word == ")")
        if not depth and word.upper() == "FROM":
            return str(following)
    raise InputError(f"the query has no FROM: {soql[:100]!r}")


def _one_of(name: str, given: str, known: Sequence[str], spelled: str) -> str:
    if spelled not in known:
        raise InputError(f"{name}={given!r}: it is one of {', '.join(map(repr, known))}")
    return spelled
