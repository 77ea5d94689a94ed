"""What became of each row of a batch, and the refusals in Salesforce's words.

Source of codes and texts: specs/reference/errors_and_limits.md section 3, where each is tagged by how sure it is;
texts that are not in that table are marked [E] here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from specforce_mockserver.ids import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.schema import Field, SObjectType


class RowError(NamedTuple):
    """Why a row was refused.

    `fields` None means that a single-row answer leaves the key out. `at` leads to the JSON value at fault, whose
    place in the request belongs at the end of the message. `duplicate` is what a duplicate rule found.
    """

    code: str
    message: str
    fields: tuple[str, ...] | None = ()
    at: tuple[str, ...] = ()
    duplicate: Mapping[str, Any] | None = None


class RowResult(NamedTuple):
    """What became of one row: its Id (also of a refused row, where known), and whether it is new."""

    id: str | None
    created: bool = False
    error: RowError | None = None

    @property
    def success(self) -> bool:
        """Whether the row was accepted."""
        return self.error is None


class RowRefusedError(Exception):
    """Carries a `RowError` out of a function that answers something else."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.message)
        self.error = error


ROLLED_BACK = RowError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
ENTITY_IS_DELETED = RowError("ENTITY_IS_DELETED", "entity is deleted")
ID_MISSING = RowError("MISSING_ARGUMENT", "Id not specified in an update call")
ID_IN_INSERT = RowError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ("Id",))  # [E]


def no_such_column(name: str, sobject: SObjectType) -> RowError:
    """A field that the object doesn't have."""
    return RowError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}", None)


def not_writable(names: Sequence[str]) -> RowError:
    """Fields that can't be set in this operation."""
    listed = ", ".join(names)
    message = (
        f"Unable to create/update fields: {listed}. Please check the security settings of this field and verify that "
        "it is read/write for your profile or permission set."
    )
    return RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(names))


def required_missing(names: Sequence[str]) -> RowError:
    """Required fields without a value."""
    return RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", tuple(names))


def malformed_id(field: Field, value: str) -> RowError:
    """A text in an Id or reference field that is no Id, or one of another object."""
    return RowError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", (field.name,))


def malformed_row_id(sobject: SObjectType, value: str) -> RowError:
    """A text in a row's own `Id` that is no Id, or one of another object."""
    label = "Record ID" if sobject.custom else f"{sobject.label} ID"
    return RowError("MALFORMED_ID", f"{label}: id value of incorrect type: {value}", ("Id",))


def unknown_id(field: Field | None = None) -> RowError:
    """A well-formed Id that no record has; of the row itself, or of a reference."""
    return RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,) if field else ())


def foreign_key_not_found(value: object, key: Field, target: SObjectType) -> RowError:
    """No parent record has that external id. [E]"""
    return RowError(
        "INVALID_FIELD", f"Foreign key external ID: {value} not found for field {key.name} in entity {target.name}"
    )


def not_an_external_id(name: str, target: SObjectType) -> RowError:
    """A nested parent names a field that records can't be found by."""
    return RowError("INVALID_FIELD", f"Field name provided, {name} does not match an External ID for {target.name}")


def ambiguous(ids: Sequence[str]) -> RowError:
    """Several records have that external id."""
    listed = ", ".join(ids)
    return RowError("DUPLICATE_EXTERNAL_ID", f"more than one record found for external id field: [{listed}]")


def duplicate_in_call(value: object) -> RowError:
    """Several rows of one upsert call have the same external id."""
    return RowError("DUPLICATE_VALUE", f"Duplicate external id specified: {value}")


def external_id_missing(field: Field) -> RowError:
    """An upsert row without its external id. [E]"""
    return RowError("MISSING_ARGUMENT", f"{field.name} not specified", (field.name,))


def duplicate_value(field: Field, other_id: str) -> RowError:
    """A value of a unique field that another record has."""
    return RowError(
        "DUPLICATE_VALUE", f"duplicate value found: {field.name} duplicates value on record with id: {short(other_id)}"
    )


def too_long(field: Field, value: str) -> RowError:
    """More characters than the field holds."""
    message = f"{field.label}: data value too large: {value} (max length={field.length})"
    return RowError("STRING_TOO_LONG", message, (field.name,))


def bad_picklist_value(field: Field, value: str) -> RowError:
    """A value that a restricted picklist doesn't offer."""
    message = f"{field.label}: bad value for restricted picklist field: {value}"
    return RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,))


def bad_email(field: Field, value: str) -> RowError:
    """A text that is no e-mail address."""
    return RowError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", (field.name,))


def out_of_range(field: Field) -> RowError:
    """A number with more digits before the point than the field holds."""
    return RowError("NUMBER_OUTSIDE_VALID_RANGE", "value outside of valid range on numeric field", (field.name,))


def wrong_type(field: Field, value: object) -> RowError:
    """A CSV cell that can't be read as the field's type. [E]"""
    message = f"{field.label}: value not of required type: {value}"
    return RowError("INVALID_TYPE_ON_FIELD_IN_RECORD", message, (field.name,))


def wrong_json(type_name: str, token: str, value: object, at: tuple[str, ...]) -> RowError:
    """A JSON value that can't be read as the field's type."""
    message = (
        f"Cannot deserialize instance of {type_name} from {token} value {value} "
        "or request may be missing a required field"
    )
    return RowError("JSON_PARSER_ERROR", message, None, at)


def delete_restricted(name: str, plural_label: str, children: Sequence[str]) -> RowError:
    """A record that others depend on."""
    message = (
        f"Your attempt to delete {name} could not be completed because it is associated with the following "
        f"{plural_label.lower()}.: {', '.join(children)}\n"
    )
    return RowError("DELETE_FAILED", message)
