"""`Part`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from typing import Self


@_attrs_define
class Part:
    """One part of a thing.

    Attributes:
        id (str): Its id.

    """

    id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict[str, Any])

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by wire names; what is unset isn't in it."""
        id = self.id

        _fields: dict[str, Any] = {}
        _fields.update(self.additional_properties)
        _fields["id"] = id
        return _fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read a JSON object; properties that the spec doesn't know are kept in `additional_properties`.

        Raises:
            KeyError: a required property is missing.
        """
        _left = dict(src_dict)
        id = _left.pop("id")
        _built = cls(
            id=id,
        )
        _built.additional_properties = _left
        return _built

    @property
    def additional_keys(self) -> list[str]:
        """The names of the properties that the spec doesn't know."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
