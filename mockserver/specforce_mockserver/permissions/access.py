"""What one user may do. Values only; the words are those of Salesforce's ObjectPermissions and FieldPermissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Right = Literal["read", "create", "edit", "delete", "viewAll", "modifyAll"]
FieldRight = Literal["edit", "read", "hidden"]
SharingModel = Literal["Private", "Read", "ReadWrite"]
RIGHTS: Final[frozenset[Right]] = frozenset({"read", "create", "edit", "delete", "viewAll", "modifyAll"})
FIELD_RIGHTS: Final[frozenset[FieldRight]] = frozenset({"edit", "read", "hidden"})
SHARING_MODELS: Final[frozenset[SharingModel]] = frozenset({"Private", "Read", "ReadWrite"})
ANY_OBJECT: Final = "*"
_EVERYTHING: Final[frozenset[Right]] = frozenset({"read", "create", "edit", "delete"})
_IMPLIED: Final[dict[Right, frozenset[Right]]] = {
    "create": frozenset({"read"}),
    "edit": frozenset({"read"}),
    "delete": frozenset({"read", "edit"}),
    "viewAll": frozenset({"read"}),
    "modifyAll": frozenset({"read", "edit", "delete", "viewAll"}),
}


@dataclass(frozen=True, slots=True)
class UserAccess:
    """The rights of one user.

    Attributes:
        user_id: whose they are.
        objects: rights by object, in lower case; `*` for those that aren't named, else they may be read and changed.
        fields: rights by `object.field`, in lower case; those that aren't named may be read and changed.
        view_all_data: whether records of others are seen, whoever shares them.
        modify_all_data: whether they may be changed, too.
        api_enabled: whether the user may use the APIs.
    """

    user_id: str
    objects: Mapping[str, frozenset[Right]]
    fields: Mapping[str, FieldRight]
    view_all_data: bool = False
    modify_all_data: bool = False
    api_enabled: bool = True

    def rights(self, sobject: str) -> frozenset[Right]:
        """The rights to an object, those included that others bring."""
        given = self.objects.get(sobject.lower(), self.objects.get(ANY_OBJECT, _EVERYTHING))
        return given.union(*(_IMPLIED.get(each, frozenset()) for each in given))

    def may(self, sobject: str, right: Right) -> bool:
        """Whether the user has a right to an object."""
        return right in self.rights(sobject)

    def field_right(self, sobject: str, field: str) -> FieldRight:
        """The right to a field."""
        return self.fields.get(f"{sobject}.{field}".lower(), "edit")
