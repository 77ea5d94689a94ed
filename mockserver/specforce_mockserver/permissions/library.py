"""The rights of an org's users. Whoever has none of their own is an administrator, who may do everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.ids import to_18
from specforce_mockserver.permissions.access import (
    ANY_OBJECT,
    FIELD_RIGHTS,
    RIGHTS,
    SHARING_MODELS,
    FieldRight,
    Right,
    SharingModel,
    UserAccess,
)
from specforce_mockserver.permissions.views import SeenSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specforce_mockserver.database import Database
    from specforce_mockserver.schema import Schema


class Permissions:
    """What users may do in one org.

    Attributes:
        api_enabled: whether the org has the APIs at all.
    """

    def __init__(self, schema: Schema, database: Database) -> None:
        self._schema = schema
        self._database = database
        self._users: dict[str, UserAccess] = {}
        self._models: dict[str, SharingModel] = {}
        self._views: dict[str, SeenSchema] = {}
        self.api_enabled = True

    def set(
        self,
        user: str,
        *,
        objects: Mapping[str, Iterable[Right]] | None = None,
        fields: Mapping[str, FieldRight] | None = None,
        view_all_data: bool = False,
        modify_all_data: bool = False,
        api_enabled: bool = True,
    ) -> UserAccess:
        """Say what a user may do, in place of what was said before.

        Args:
            user: an Id or a user name.
            objects: rights by object, `{"Account": ["read", "edit"]}`: read, create, edit, delete, viewAll, modifyAll;
                `*` stands for all objects that aren't named. Without it, they may be read and changed.
            fields: rights by field, `{"Account.Phone": "hidden"}`: edit, read or hidden.
            view_all_data: whether all records are seen, whoever owns them.
            modify_all_data: whether they may be changed, too.
            api_enabled: whether the user may use the APIs.

        Raises:
            ValueError: there is no such user, object, field or right.
        """
        rights = {self._object(name): frozenset(given) for name, given in (objects or {}).items()}
        for given in rights.values():
            _check_words(given, RIGHTS)
        _check_words((fields or {}).values(), FIELD_RIGHTS)
        user_id = self._user(user)
        access = UserAccess(
            user_id,
            rights,
            {self._field(path): right for path, right in (fields or {}).items()},
            view_all_data=view_all_data,
            modify_all_data=modify_all_data,
            api_enabled=api_enabled,
        )
        self._users[user_id] = access
        self._views.pop(user_id, None)
        return access

    def share(self, sobject: str, model: SharingModel) -> None:
        """Say who sees an object's records beside their owners: Private nobody, Read, or ReadWrite (as at first) all.

        Raises:
            ValueError: there is no such object or model.
        """
        _check_words([model], SHARING_MODELS)
        self._models[self._object(sobject)] = model

    def of(self, user_id: str) -> UserAccess | None:
        """The rights of a user; None for an administrator."""
        return self._users.get(user_id)

    def listed(self) -> list[UserAccess]:
        """The rights of everybody who isn't an administrator."""
        return list(self._users.values())

    @property
    def models(self) -> Mapping[str, SharingModel]:
        """The sharing models that were set, by object in lower case."""
        return self._models

    def schema_of(self, user_id: str) -> Schema:
        """The schema that a user sees."""
        access = self._users.get(user_id)
        if access is None:
            return self._schema
        if user_id not in self._views:
            self._views[user_id] = SeenSchema(self._schema, access, self._models)
        return self._views[user_id]

    def without_api(self, user_id: str) -> tuple[str, str] | None:
        """Why the org or the user has no API, as a code and a text; None where they have one. [S]"""
        if not self.api_enabled:
            return "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."
        access = self._users.get(user_id)
        if access is not None and not access.api_enabled:
            return "API_CURRENTLY_DISABLED", "API is disabled for this User"
        return None

    def clear(self) -> None:
        """Make everybody an administrator again."""
        self._users.clear()
        self._models.clear()
        self._views.clear()
        self.api_enabled = True

    def _user(self, user: str) -> str:
        statement = 'SELECT Id FROM "User" WHERE Id = ? OR Username = ? COLLATE NOCASE'
        found: tuple[str] | None = self._database.reader().execute(statement, (to_18(user), user)).fetchone()
        if found is None:
            message = f"there is no user {user}"
            raise ValueError(message)
        return found[0]

    def _object(self, name: str) -> str:
        if name == ANY_OBJECT:
            return name
        found = self._schema.type(name)
        if found is None:
            message = f"there is no object {name}"
            raise ValueError(message)
        return found.name.lower()

    def _field(self, path: str) -> str:
        name, _, field = path.partition(".")
        found = self._schema.type(name)
        if found is None or found.field(field) is None:
            message = f"there is no field {path}"
            raise ValueError(message)
        return path.lower()


def _check_words(given: Iterable[str], known: Iterable[str]) -> None:
    for word in given:
        if word not in known:
            message = f"there is no {word}: there are {', '.join(sorted(known))}"
            raise ValueError(message)
