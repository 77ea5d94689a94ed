"""`Thing`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.state import State
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from typing import Self

    from ..models.part import Part


@_attrs_define
class Thing:
    """One thing.

    Attributes:
        id (str): Its id. Example: a01.
        state (State): Where the thing stands.
        parts (list[Part]): What it is made of.
        made_at (datetime.datetime | None | Unset): When it was made.
        colour (str | Unset): Its colour. Known values: `red`, `green`.

    """

    id: str
    state: State
    parts: list[Part]
    made_at: datetime.datetime | None | Unset = UNSET
    colour: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict[str, Any])

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by wire names; what is unset isn't in it."""
        id = self.id

        state = self.state.value

        parts: list[Any] = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        made_at: None | str | Unset
        if isinstance(self.made_at, Unset):
            made_at = UNSET
        elif isinstance(self.made_at, datetime.datetime):
            made_at = self.made_at.isoformat()
        else:
            made_at = self.made_at

        colour = self.colour

        _fields: dict[str, Any] = {}
        _fields.update(self.additional_properties)
        _fields["id"] = id
        _fields["state"] = state
        _fields["parts"] = parts
        if not isinstance(made_at, Unset):
            _fields["madeAt"] = made_at
        if not isinstance(colour, Unset):
            _fields["colour"] = colour
        return _fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read a JSON object; properties that the spec doesn't know are kept in `additional_properties`.

        Raises:
            KeyError: a required property is missing.
        """
        from ..models.part import Part

        _left = dict(src_dict)
        id = _left.pop("id")
        state = State(_left.pop("state"))

        parts: list[Part] = []
        _parts: list[Any] = _left.pop("parts")
        for parts_item_data in _parts:
            parts_item = Part.from_dict(parts_item_data)

            parts.append(parts_item)

        def _parse_made_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            if not isinstance(data, str):
                raise TypeError("made_at is of another type than the spec's")
            made_at_type_0 = datetime.datetime.fromisoformat(data)

            return made_at_type_0

        made_at = _parse_made_at(_left.pop("madeAt", UNSET))

        colour = _left.pop("colour", UNSET)
        _built = cls(
            id=id,
            state=state,
            parts=parts,
            made_at=made_at,
            colour=colour,
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
