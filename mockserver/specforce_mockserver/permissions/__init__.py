"""Who may see and change what, in a simple form: rights of users to objects and fields, and who shares records.

`library` keeps it; `views` makes the schema that a user sees, by which queries, describes and rows are answered;
`enforcement` holds what a user saves to it.
"""

from __future__ import annotations

from specforce_mockserver.permissions.library import Permissions

__all__ = ["Permissions"]
