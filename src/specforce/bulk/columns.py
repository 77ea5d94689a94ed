"""Which columns of a source go to Salesforce, and under which names: `mapping=`.

A mapping only changes the header line, so the rows' bytes are sent as they are; dropping a column (`None`) means that
the rows are written anew. Names are held against the form of a field path; whether such a field exists, Salesforce
says.

Source: reference/bulk_v2.md section 6 (relationship headers).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specforce.bulk.header import refuse_names
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce.bulk.dialect import Dialect

IngestOperation: TypeAlias = Literal["insert", "update", "upsert", "delete", "hardDelete"]

MAX_COLUMNS: Final = 5_000  # reference/bulk_v2.md section 8
_FIELD_PATH: Final = re.compile(r"(?:[A-Za-z]\w*:)?[A-Za-z]\w*(?:\.[A-Za-z]\w*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a load.

    Attributes:
        source: the names in the source, of the columns that are sent.
        sent: the names that Salesforce sees, field paths in the same order.
        kept: the places of those columns in a row of the source; `None` where all are sent.
    """

    source: tuple[str, ...]
    sent: tuple[str, ...]
    kept: tuple[int, ...] | None = None

    def header(self, dialect: Dialect) -> bytes:
        """The header line as it is sent, with its line ending."""
        line = io.StringIO()
        csv.writer(line, delimiter=dialect.delimiter, lineterminator="").writerow(self.sent)
        return line.getvalue().encode() + dialect.newline


def map_columns(names: Sequence[str], mapping: Mapping[str, str | None] | None) -> Columns:
    """Rename and drop columns.

    Args:
        names: the source's column names.
        mapping: source column → field path (`"Origin__r.Code__c"`), or `None` to leave the column out; columns that it
            doesn't name keep their own name.

    Raises:
        InputError: the mapping names a column that the source doesn't have, or what comes out isn't a set of field
            paths.
    """
    renames = mapping or {}
    for name in renames:
        if name not in names:
            raise InputError(f"mapping names the column {name!r}, which the source doesn't have{near(name, names)}")
    kept = tuple(place for place, name in enumerate(names) if renames.get(name, name) is not None)
    if not kept:
        raise InputError("mapping leaves out every column")
    if len(kept) > MAX_COLUMNS:
        raise InputError(f"{len(kept)} columns: Salesforce takes {MAX_COLUMNS}, leave some out with mapping=")
    source = tuple(names[place] for place in kept)
    sent = tuple(str(renames.get(name, name)) for name in source)
    for name, path in zip(source, sent, strict=True):
        if not _FIELD_PATH.fullmatch(path):
            change = f"mapping={{{name!r}: 'Field__c'}} renames it, mapping={{{name!r}: None}} leaves it out"
            raise InputError(f"the column {path!r} isn't the name of a field: {change}")
    refuse_names(sent, "")
    return Columns(source, sent, None if len(kept) == len(names) else kept)


def refuse_columns(columns: Columns, operation: str, external_id: str | None) -> None:
    """Refuse what the operation can't do with these columns.

    Raises:
        InputError: upsert without its external id, update without Id, delete with more than Id.
    """
    sent = {name.casefold() for name in columns.sent}
    if operation == "upsert":
        if not external_id:
            raise InputError("operation='upsert' needs external_id=, the field that tells old rows from new ones")
        if external_id.casefold() not in sent:
            raise InputError(
                f"external_id={external_id!r} isn't among the columns{near(external_id, columns.sent)}: "
                f"{', '.join(columns.sent)}"
            )
    elif external_id:
        raise InputError(f"external_id={external_id!r} goes with operation='upsert', not with {operation!r}")
    if operation == "update" and "id" not in sent:
        raise InputError("operation='update' needs the column Id; to match on another field use 'upsert'")
    if operation in ("delete", "hardDelete") and sent != {"id"}:
        surplus = [name for name in columns.sent if name.casefold() != "id"]
        if "id" not in sent:
            raise InputError(f"operation={operation!r} needs the column Id, and only that")
        raise InputError(
            f"operation={operation!r} takes the column Id only: leave the others out with "
            f"mapping={dict.fromkeys(surplus[:3])!r}{' and so on' if len(surplus) > 3 else ''}"
        )


def names_sent(names: Sequence[str], kept: Sequence[int] | None, sent: Sequence[str]) -> list[str]:
    """The columns of a part's file by the names that were sent, `""` for those that weren't."""
    if kept is None:
        return list(sent)
    by_place = dict(zip(kept, sent, strict=True))
    return [by_place.get(place, "") for place in range(len(names))]


def near(name: str, known: Sequence[str]) -> str:
    """` (did you mean 'X'?)` where a known name is close, else `""`."""
    folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f" (did you mean {folded[found[0]]!r}?)" if found else ""
