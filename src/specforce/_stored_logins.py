"""What `specforce login` keeps per profile: settings, secrets among them, in the system's keyring or in a file.

The keyring counts where the package `keyring` is installed (specforce[keyring]) and finds one to use. Else each profile
has a file of its own below the configuration folder, which nobody else can read: it is made so, and refused otherwise.
Tokens that come later, such as rotated refresh tokens, are in a store beside it.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SERVICE = "specforce"
_OTHERS = 0o077
_STORE = ("{}.db", "{}.db-wal", "{}.db-shm", "{}.db-journal")


def save(folder: Path, profile: str, login: Mapping[str, str]) -> str:
    """Keep a login, in place of the profile's last one.

    Args:
        folder: of the configuration.
        profile: its name.
        login: settings by name.

    Returns:
        Where it is kept: `keyring`, or the path of the file.

    Raises:
        InputError: the keyring refuses. OSError: the file can't be written.
    """
    text = json.dumps(dict(login))
    _forget_tokens(folder, profile)
    keyring = _keyring()
    if keyring is not None:
        _asked(keyring.set_password, SERVICE, profile, text)
        _file(folder, profile).unlink(missing_ok=True)
        return "keyring"
    path = _file(folder, profile)
    _write(path, text)
    return str(path)


def load(folder: Path, profile: str) -> dict[str, str] | None:
    """The login of a profile, `None` where none is kept.

    Raises:
        InputError: others can read its file, the keyring refuses, or it isn't what `save` wrote.
    """
    path = _file(folder, profile)
    where, text = str(path), _read(path)
    if text is None:
        keyring = _keyring()
        where, text = "the keyring", _asked(keyring.get_password, SERVICE, profile) if keyring is not None else None
    if text is None:
        return None
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{where} holds no login of profile {profile!r} that can be read: log in again")
    return cast("dict[str, str]", found)


def forget(folder: Path, profile: str) -> bool:
    """Drop the login of a profile; whether there was one.

    Raises:
        InputError: the keyring refuses.
    """
    _forget_tokens(folder, profile)
    path = _file(folder, profile)
    found = path.exists()
    path.unlink(missing_ok=True)
    keyring = _keyring()
    if keyring is not None and _asked(keyring.get_password, SERVICE, profile) is not None:
        _asked(keyring.delete_password, SERVICE, profile)
        found = True
    return found


def token_store(folder: Path, profile: str) -> str:
    """The URL of the store for a profile's later tokens; `save` and `forget` empty it."""
    path = (folder / "logins" / _STORE[0].format(quote(profile, safe=""))).absolute()
    return f"sqlite://{quote(path.as_posix())}"


def _forget_tokens(folder: Path, profile: str) -> None:
    for name in _STORE:
        (folder / "logins" / name.format(quote(profile, safe=""))).unlink(missing_ok=True)


def _file(folder: Path, profile: str) -> Path:
    return folder / "logins" / f"{quote(profile, safe='')}.json"


def _keyring() -> Any:
    """The system's keyring, `None` where there is none. Its package has types, but is an extra."""
    try:
        backend = import_module("keyring").get_keyring()
    except ModuleNotFoundError:
        return None
    return backend if backend.priority > 0 else None


def _asked(ask: Callable[..., str | None], *what: str) -> str | None:
    """What the keyring answers.

    Raises:
        InputError: it doesn't; locked, most often.
    """
    try:
        return ask(*what)
    except import_module("keyring.errors").KeyringError as error:
        raise InputError(f"the keyring refuses: {error}; unlock it, or set PYTHON_KEYRING_BACKEND") from None


def _write(path: Path, text: str) -> None:
    """Write a file that is whole and nobody else's at every moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - of a descriptor
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise InputError(
                    f"others can read {path}, which holds secrets: chmod 600 it, and log in anew to be safe"
                )
            return file.read()
    except FileNotFoundError:
        return None
