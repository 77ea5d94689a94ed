"""Passwords of users and of self-service users: whether they have expired, set, reset.

Source: specs/reference/rest.md section 5, "User password".
"""

from __future__ import annotations

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, Call, empty
from specforce_mockserver.oauth.passwords import Passwords
from specforce_mockserver.records.write import set_where_id
from specforce_mockserver.registry import provides

USER = "User"
SELF_SERVICE = "SelfServiceUser"


@provides("getUserPassword")
def get_user_password(call: Call) -> Answer:
    """Whether a user's password has expired."""
    return _expired(call, USER)


@provides("getSelfServiceUserPassword")
def get_self_service_user_password(call: Call) -> Answer:
    """Whether a self-service user's password has expired."""
    return _expired(call, SELF_SERVICE)


@provides("setUserPassword", writes=True)
def set_user_password(call: Call) -> Answer:
    """Give a user a password."""
    return _set(call, USER)


@provides("setSelfServiceUserPassword", writes=True)
def set_self_service_user_password(call: Call) -> Answer:
    """Give a self-service user a password."""
    return _set(call, SELF_SERVICE)


@provides("resetUserPassword", writes=True)
def reset_user_password(call: Call) -> Answer:
    """Give a user a password that Salesforce makes up."""
    return _reset(call, USER)


@provides("resetSelfServiceUserPassword", writes=True)
def reset_self_service_user_password(call: Call) -> Answer:
    """Give a self-service user a password that Salesforce makes up."""
    return _reset(call, SELF_SERVICE)


def _expired(call: Call, sobject_name: str) -> Answer:
    user_id = _addressed(call, sobject_name)
    return Answer({"isExpired": Passwords(call.org).expired(user_id)})


def _set(call: Call, sobject_name: str) -> Answer:
    user_id = _addressed(call, sobject_name)
    Passwords(call.org).set(user_id, call.body["NewPassword"])
    _note_change(call, sobject_name, user_id)
    return empty()


def _reset(call: Call, sobject_name: str) -> Answer:
    user_id = _addressed(call, sobject_name)
    password = Passwords(call.org).make_up(user_id)
    _note_change(call, sobject_name, user_id)
    return Answer({"NewPassword": password})


def _addressed(call: Call, sobject_name: str) -> str:
    return rows.addressed(call, call.org.schema[sobject_name], call.params["user_id"])


def _note_change(call: Call, sobject_name: str, user_id: str) -> None:
    """Let the record say when its user's password was changed, where it has a field for that."""
    sobject = call.org.schema[sobject_name]
    if sobject.field("LastPasswordChangeDate") is not None:
        with call.org.database.write() as writer:
            set_where_id(writer, sobject, [user_id], {"LastPasswordChangeDate": call.org.clock.stored_now()})
