"""What a request says about saving, beside its rows.

Source: specs/reference/rest.md section 1, soap.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specforce_specs import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

DUPLICATE_HEADER = "sforce-duplicate-rule-header"
ASSIGN_HEADER = "sforce-auto-assign"


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """How rows are saved.

    Attributes:
        with_audit_fields: whether new rows may say themselves when and by whom they were made and changed.
        allow_duplicates: whether duplicates are saved, where a rule lets the caller decide.
        tells_duplicates_whole: whether refusals show all fields of the records that a row is like.
        assignment_rule: the Id of the assignment rule to run; else whether the active one is to.
        system_mode: whether the user's rights don't matter, as in triggers.
        data_path: below which URLs of records in refusals are.
    """

    with_audit_fields: bool = False
    allow_duplicates: bool = False
    tells_duplicates_whole: bool = False
    assignment_rule: str | bool = False
    system_mode: bool = False
    data_path: str = f"/services/data/v{VERSIONS.newest}"


DEFAULTS = SaveOptions()


def options_of(headers: Mapping[str, str], data_path: str) -> SaveOptions:
    """What a REST request's headers say; the active assignment rule runs unless they say no."""
    said = dict(_pairs(headers.get(DUPLICATE_HEADER, "")))
    assign = headers.get(ASSIGN_HEADER, "TRUE").strip()
    return SaveOptions(
        allow_duplicates=said.get("allowsave") == "true",
        tells_duplicates_whole=said.get("includerecorddetails") == "true",
        assignment_rule=assign.upper() == "TRUE" if assign.upper() in {"TRUE", "FALSE"} else assign,
        data_path=data_path,
    )


def _pairs(header: str) -> list[tuple[str, str]]:
    """The settings of a header, `allowSave=true; includeRecordDetails=true`, in lower case."""
    parts = (part.partition("=") for part in header.lower().replace(",", ";").split(";"))
    return [(name.strip(), value.strip()) for name, _, value in parts]
