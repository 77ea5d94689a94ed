"""HTML as values: what is `Html` was made here, everything else is text and is escaped on its way in."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"input", "link", "meta", "br", "hr"})


class Html(str):
    """A piece of a document."""

    __slots__ = ()


Child = Html | str | int | None | Iterable["Child"]


def text(child: Child) -> Html:
    """A child, or several, as a piece of a document; None is nothing."""
    if child is None:
        return Html("")
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int):
        return Html(escape(str(child)))
    return Html("".join(text(each) for each in child))


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element.

    Args:
        name: its name; one that takes no content has no end.
        children: what is inside.
        attributes: by name, `_` for `-`, a last one dropped (`class_`); True is there without a value, None and False
            aren't there.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{text(children)}</{name}>")


def document(*children: Child) -> bytes:
    """A whole document."""
    return f"<!DOCTYPE html>\n{text(children)}\n".encode("utf-8", "replace")
