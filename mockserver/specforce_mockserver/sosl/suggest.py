"""Suggestions while somebody types: records whose name has the words, the last of which may be a beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.calls import ApiError
from specforce_mockserver.sosl.find import MAX_RECORDS, Search
from specforce_mockserver.sosl.statement import Wanted
from specforce_mockserver.sosl.terms import beginning
from specforce_mockserver.sosl.words import has_short_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.calls import Call
    from specforce_mockserver.schema import SObjectType

MIN_CHARACTERS: Final = 3
MAX_OBJECTS: Final = 10
DEFAULT_LIMIT: Final = 5


def check_typed(text: str) -> None:
    """Refuse a text that is too short to suggest anything for.

    Raises:
        ApiError: 400; the code is [E].
    """
    typed = text.strip()
    if len(typed) < (1 if has_short_script(typed) else MIN_CHARACTERS):
        raise ApiError(400, "MALFORMED_SEARCH", f"search term must have at least {MIN_CHARACTERS} characters: {typed}")


def suggestible(call: Call, names: Sequence[str], *, ignore: bool) -> list[SObjectType]:
    """The objects to look into.

    Args:
        call: the request.
        names: of the objects.
        ignore: whether objects that can't be suggested are left out.

    Raises:
        ApiError: 400, too many objects, or one that can't be suggested.
    """
    if len(names) > MAX_OBJECTS:
        raise ApiError(400, "INVALID_FIELD", f"at most {MAX_OBJECTS} objects can be suggested at a time")
    found: list[SObjectType] = []
    for name in names:
        sobject = call.org.schema.type(name)
        if sobject is not None and sobject.searchable and sobject.name_field is not None:
            found.append(sobject)
        elif not ignore:
            raise ApiError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return found


def suggestions(
    call: Call, sobjects: Sequence[SObjectType], text: str, *, fields: Sequence[str] = (), where: str | None = None
) -> list[dict[str, Any]]:
    """The records of some objects whose name has the words, object by object.

    Raises:
        SoqlError: a field that an object doesn't have, a condition that isn't one.
    """
    run = Search(call.org, beginning(text), "NAME", api_version=call.api_version, user_id=call.user_id)
    found: list[dict[str, Any]] = []
    for sobject in sobjects:
        name = sobject.name_field
        assert name is not None
        wanted = list({each.lower(): each for each in ("Id", name.name, *fields)}.values())
        found.extend(run.records(Wanted(sobject.name, wanted, where, name.name), MAX_RECORDS))
    return found
