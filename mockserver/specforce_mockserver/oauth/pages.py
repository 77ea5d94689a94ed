"""The pages that a person sees who logs in: plain HTML forms, which a test fills in by raw HTTP.

Every field and button has the name under which it is sent: `username`, `password`, `user_code`, and `decision`, which
is `allow` or `deny`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>{message}{content}</body></html>
"""
_PERSON = """<p><label>Username <input name="username" value="{username}"></label></p>
<p><label>Password <input name="password" type="password"></label></p>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>"""


def login_page(app: str, hidden: Mapping[str, str], *, username: str = "", message: str = "") -> bytes:
    """The page where a person logs in and allows an app.

    Args:
        app: the app's consumer key.
        hidden: what the page was opened with, sent along with the answer.
        username: already filled in.
        message: what went wrong before.
    """
    fields = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    content = f'<p>Allow access by {escape(app)}?</p>\n<form method="post" action="/login">{fields}'
    return _page("Log in", f"{content}\n{_PERSON.format(username=escape(username))}</form>", message)


def device_page(*, user_code: str = "", username: str = "", message: str = "") -> bytes:
    """The page where a person types the code of a device."""
    code = f'<p><label>Code <input name="user_code" value="{escape(user_code)}"></label></p>'
    person = _PERSON.format(username=escape(username))
    return _page("Connect a device", f'<form method="post" action="/setup/connect">{code}\n{person}</form>', message)


def notice(title: str) -> bytes:
    """A page that only says something."""
    return _page(title, "", "")


def _page(title: str, content: str, message: str) -> bytes:
    shown = f"<p><strong>{escape(message)}</strong></p>" if message else ""
    return _PAGE.format(title=escape(title), message=shown, content=content).encode()
