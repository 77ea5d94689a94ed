"""Breaches of the spec that a request commits, as values that a provider can put into its own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Allowed = Literal["allowed"]
ALLOWED: Final = "allowed"
"""What a provider says of a breach that Salesforce lets pass."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One parameter or one place in the body that the spec doesn't allow.

    `keyword` is JSON Schema's (`required`, `enum`, `type`, `minimum`, ...); `path` leads into the body; `name` is the
    parameter's or the property's name; `wanted` is the JSON type that the spec has there.
    """

    where: Literal["query", "body"]
    name: str
    keyword: str
    value: Any
    message: str
    path: tuple[str | int, ...] = ()
    wanted: str = "string"
