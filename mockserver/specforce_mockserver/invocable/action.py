"""One invocable action: what it takes, what it gives, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

Json = Any
Values = Mapping[str, Any]
INVALID_INPUT: Final = "INVALID_INPUT"
# The types of inputs and outputs, and what JSON has in their place; other types are taken as they are.
_JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "STRING": (str,),
    "TEXTAREA": (str,),
    "EMAIL": (str,),
    "REFERENCE": (str,),
    "PICKLIST": (str,),
    "DATE": (str,),
    "DATETIME": (str,),
    "BOOLEAN": (bool,),
    "INTEGER": (int,),
    "NUMBER": (int, float),
    "SOBJECT": (dict,),
}


class ActionError(Exception):
    """One invocation failed; raised by an action's function."""

    def __init__(self, message: str, code: str = INVALID_INPUT, fields: tuple[str, ...] = ()) -> None:
        """Say why.

        Args:
            message: the text of the error.
            code: its statusCode.
            fields: the inputs that it is about.
        """
        super().__init__(message)
        self.message = message
        self.code = code
        self.fields = fields


@dataclass(frozen=True, slots=True)
class ActionValue:
    """One input or output; `many` for a list of values."""

    name: str
    type: str = "STRING"
    label: str = ""
    description: str | None = None
    required: bool = False
    many: bool = False
    sobject: str | None = None

    def described(self, *, as_input: bool) -> Json:
        """It as a describe shows it."""
        shown: Json = {
            "apexClass": None,
            "description": self.description,
            "label": self.label or self.name,
            "maxOccurs": 2000 if self.many else 1,
            "name": self.name,
            "picklistValues": None,
            "sobjectType": self.sobject,
            "type": self.type,
        }
        return {**shown, "byteLength": 0, "required": self.required} if as_input else shown

    def fits(self, value: Any) -> bool:
        """Whether a value is of its type; null always is."""
        wanted = _JSON_TYPES.get(self.type)
        values: list[Any] = [*value] if self.many and isinstance(value, list) else [value]
        if wanted is None:
            return True
        return all(
            each is None or (isinstance(each, wanted) and isinstance(each, bool) == (bool in wanted)) for each in values
        )


@dataclass(frozen=True, slots=True)
class Invocation:
    """One input of a call, and whose org it is done in."""

    org: Org
    user_id: str
    values: Values


Function = Callable[[Invocation], Values | None]


@dataclass(frozen=True, slots=True)
class Action:
    """An invocable action; `category` is `standard`, or the type of a custom one: `apex`, `flow` and the like."""

    category: str
    name: str
    label: str
    function: Function
    inputs: tuple[ActionValue, ...] = ()
    outputs: tuple[ActionValue, ...] = ()
    description: str | None = None

    @property
    def standard(self) -> bool:
        """Whether it is one of Salesforce's own."""
        return self.category == "standard"

    @property
    def type(self) -> str:
        """Its type, in capitals."""
        return (self.name if self.standard else self.category).upper()

    def path(self, data_path: str) -> str:
        """Where it is."""
        kind = "standard" if self.standard else f"custom/{self.category}"
        return f"{data_path}/actions/{kind}/{self.name}"

    def listed(self, data_path: str) -> Json:
        """It in short."""
        return {"label": self.label, "name": self.name, "type": self.type, "url": self.path(data_path)}

    def described(self) -> Json:
        """It whole."""
        return {
            "apexClass": self.name if self.category == "apex" else None,
            "category": None,
            "configurationEditor": None,
            "description": self.description,
            "inputs": [each.described(as_input=True) for each in self.inputs],
            "label": self.label,
            "name": self.name,
            "outputs": [each.described(as_input=False) for each in self.outputs],
            "standard": self.standard,
            "targetEntityName": None,
            "type": self.type,
        }
