"""USING SCOPE: whose records a query looks at.

Nobody in a fake org is in a team, has a territory or stands in for somebody else, so those scopes have no records.
Source: specs/reference/soql.md section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import sql
from .errors import INVALID_QUERY_SCOPE, Fault
from .sql import Parameters, Test

if TYPE_CHECKING:
    from .names import Scope
    from .settings import Context
    from .tree import Path

EVERYTHING: Final = "everything"
_OWN: Final = frozenset({"mine", "mine_and_my_groups"})
_OTHERS: Final = frozenset({"delegated", "my_territory", "my_team_territory", "team"})


def scope_tests(scope: Scope, asked: Path, context: Context, parameters: Parameters) -> list[Test]:
    """What keeps the records outside the scope out.

    Args:
        scope: the SELECT.
        asked: the scope's name.
        context: says who asks; everything is found when nobody does.
        parameters: of the statement.

    Raises:
        Fault: a scope that neither SOQL nor the object's describe knows.
    """
    wanted = asked.text.lower()
    if wanted in _OTHERS:
        return [Test("0")]
    if wanted in _OWN:
        owner = scope.sobject.field("OwnerId")
        if owner is None or context.user_id is None:
            return []
        return [Test(f"{scope.root.alias}.{sql.name(owner.name)} = {parameters.add(context.user_id)}")]
    supported = scope.sobject.document.get("supportedScopes") or ()
    if wanted != EVERYTHING and wanted not in {each["name"].lower() for each in supported}:
        text = f"Scope '{asked.text}' is not supported for sObject type '{scope.sobject.name}'"
        raise Fault(INVALID_QUERY_SCOPE, text, asked.at)
    return []
