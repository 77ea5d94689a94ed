"""What goes along with a record that is saved, and what its answer says. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce._ids import check_id
from specforce._records import Saved
from specforce_api.runtime.errors import ApiError, ErrorDetail
from specforce_api.runtime.types import UNSET

if TYPE_CHECKING:
    from specforce_api.rest.models import PerformQuickActionResult, SaveResult, UpsertResult


def save_headers(allow_duplicates: bool, assign: bool | str | None) -> dict[str, str]:
    """The header arguments of an operation that saves.

    Raises:
        InputError: `assign` isn't the id of a rule.
    """
    headers = {"sforce_duplicate_rule_header": "allowSave=true"} if allow_duplicates else {}
    if isinstance(assign, bool):
        headers["sforce_auto_assign"] = str(assign).upper()
    elif assign is not None:
        headers["sforce_auto_assign"] = check_id(assign, name="assign")
    return headers


def saved(operation_id: str, result: SaveResult | UpsertResult | None) -> Saved:
    """What became of a record. Before API 46.0 an upsert tells nothing of an update, and of a creation only the id.

    Raises:
        ApiError: it wasn't saved.
    """
    if result is None:
        return Saved("", created=False)
    if not result.success or result.id is None:
        raise _not_saved(operation_id, result)
    return Saved(result.id, created=getattr(result, "created", UNSET) is not False)


def check_success(operation_id: str, result: PerformQuickActionResult) -> None:
    """Refuse the result of an action that wasn't done.

    Raises:
        ApiError: its record wasn't saved.
    """
    if not result.success:
        raise _not_saved(operation_id, result)


def _not_saved(operation_id: str, result: SaveResult | UpsertResult | PerformQuickActionResult) -> ApiError:
    details = [ErrorDetail(error.status_code, error.message, tuple(error.fields or ())) for error in result.errors]
    return ApiError("not saved", status=200, errors=details, operation_id=operation_id)
