"""The connected apps of an org: the default one, those of its settings, those that are added while it runs.

As TOML, a table per consumer key, in a file for `--apps`; over HTTP, an object with `client_id` beside the same keys:

    [my-app]
    client_secret = "secret"            # without one the app is public
    certificate_file = "my-app.crt"     # or certificate = "-----BEGIN CERTIFICATE-----..."; for the JWT bearer flow
    run_as = "user@example.com"         # for client credentials
"""

from __future__ import annotations

import secrets
import threading
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

import msgspec

from specforce_mockserver.oauth.assertions import public_key
from specforce_mockserver.settings import App

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from specforce_mockserver.oauth.assertions import PublicKey
    from specforce_mockserver.settings import OrgSettings


class Apps:
    """The apps of one org.

    Raises:
        ValueError: an app's certificate can't be used.
    """

    def __init__(self, settings: OrgSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._apps: dict[str, tuple[App, PublicKey | None]] = {}
        self.reset()

    def reset(self) -> None:
        """Go back to the apps of the settings."""
        settings = self._settings
        main = App(
            settings.client_id,
            settings.client_secret,
            run_as=settings.username if settings.run_as_enabled else None,
            rotates_refresh_tokens=settings.rotates_refresh_tokens,
            revokes_on_reuse=settings.revokes_on_reuse,
            certificate=settings.certificate,
        )
        known = {each.client_id: (each, _key(each)) for each in (main, *settings.apps)}
        with self._lock:
            self._apps = known

    def put(self, app: App) -> None:
        """Add an app, or replace the one with its consumer key.

        Raises:
            ValueError: its certificate can't be used.
        """
        key = _key(app)
        with self._lock:
            self._apps[app.client_id] = (app, key)

    def remove(self, client_id: str) -> bool:
        """Take an app away; whether there was one."""
        with self._lock:
            return self._apps.pop(client_id, None) is not None

    def listed(self) -> list[App]:
        """All apps, in the order in which they came."""
        return [app for app, _key in self._apps.values()]

    def find(self, client_id: str) -> App | None:
        """The app with a consumer key."""
        found = self._apps.get(client_id)
        return found[0] if found is not None else None

    def key(self, app: App) -> PublicKey | None:
        """What an app's assertions are checked with; None for an app without a certificate."""
        found = self._apps.get(app.client_id)
        return found[1] if found is not None else None

    @staticmethod
    def proves(app: App, client_secret: str | None) -> bool:
        """Whether a secret is the app's own; an app without secret takes none."""
        if app.client_secret is None:
            return not client_secret
        return client_secret is not None and secrets.compare_digest(app.client_secret.encode(), client_secret.encode())


def app_of(document: Mapping[str, Any]) -> App:
    """An app from JSON or TOML: the fields of `App`, of which `client_id` is needed.

    Raises:
        ValueError: a key that no app has, or a value of another kind.
    """
    names = [each.name for each in fields(App)]
    for name in document:
        if name not in names:
            message = f"an app has no {name!r}: it has {', '.join(names)}"
            raise ValueError(message)
    return msgspec.convert(document, App)


def load_apps(path: Path) -> tuple[App, ...]:
    """The apps of a TOML file.

    Raises:
        ValueError: it isn't in that form; the message says where.
        OSError: it, or a certificate that it names, can't be read.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        return tuple(_from_table(path, name, table) for name, table in tables.items())
    except ValueError as error:
        message = f"{path}: {error}"
        raise ValueError(message) from error


def _from_table(path: Path, client_id: str, table: Any) -> App:
    if not isinstance(table, dict):
        message = f"{client_id} must be a table"
        raise ValueError(message)  # noqa: TRY004 - a mistake in a file
    document = cast("dict[str, Any]", table)
    file = document.pop("certificate_file", None)
    if isinstance(file, str):
        document["certificate"] = (path.parent / file).read_text("utf-8")
    return app_of({**document, "client_id": client_id})


def _key(app: App) -> PublicKey | None:
    return public_key(app.certificate) if app.certificate is not None else None
