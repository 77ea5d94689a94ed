"""Who may log in, and who is logged in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from specforce_mockserver.admin.orders import Order, carries, refusal
from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.oauth.apps import app_of
from specforce_mockserver.oauth.authorizations import Authorizations
from specforce_mockserver.oauth.people import add_user

if TYPE_CHECKING:
    from specforce_mockserver.settings import App


@carries("endSessions")
def end_sessions(order: Order) -> Answer:
    """End every access token."""
    order.org.sessions.expire_all()
    return empty()


@carries("listUsers")
def users(order: Order) -> Answer:
    """The org's users."""
    found = order.org.database.reader().execute('SELECT Id, Username, IsActive FROM "User" ORDER BY rowid')
    return Answer([{"id": key, "username": name, "active": bool(active)} for key, name, active in found])


@carries("addUser")
def make_user(order: Order) -> Answer:
    """Make a user, with what a User record needs."""
    given = order.body
    made = add_user(order.org, given["username"], password=given.get("password"), fields=given.get("fields"))
    return Answer({"id": made}, 201)


@carries("listApps")
def apps(order: Order) -> Answer:
    """The connected apps, without their secrets."""
    return Answer([_public(each) for each in order.org.apps.listed()])


@carries("putApp")
def put_app(order: Order) -> Answer:
    """Add a connected app, or replace the one with its consumer key."""
    app = app_of(order.body)
    order.org.apps.put(app)
    return Answer(_public(app), 201)


@carries("deleteApp")
def remove_app(order: Order) -> Answer:
    """Take a connected app away."""
    client_id = order.path["client_id"]
    if not order.org.apps.remove(client_id):
        raise refusal(404, f"there is no app {client_id}")
    return empty()


@carries("setLogins")
def set_logins(order: Order) -> Answer:
    """Say whether login pages ask somebody."""
    order.org.part(Authorizations).automatic = order.body["automatic"]
    return empty()


def _public(app: App) -> dict[str, Any]:
    return {name: value for name, value in asdict(app).items() if name != "client_secret"}
