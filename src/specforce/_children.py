"""Child relationships inside a record, whose records may go on in pages of their own. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from specforce_api.runtime.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterator


def relationships(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The child relationships of a record that have records, as `{"totalSize", "done", "records"}`."""
    for value in record.values():
        if isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("records"), list):
            yield value


def finish(children: dict[str, Any]) -> None:
    """Mark a relationship as whole.

    Raises:
        IntegrityError: its records don't add up to its total.
    """
    found, total = len(children["records"]), children.get("totalSize")
    if found != total:
        raise IntegrityError(
            f"the server found {total} child records and sent {found}", expected=cast("int | None", total), actual=found
        )
    children["done"] = True
