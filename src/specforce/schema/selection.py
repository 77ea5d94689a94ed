"""Which objects are meant: names and patterns, in any case. No I/O."""

from __future__ import annotations

import re
from difflib import get_close_matches
from fnmatch import translate
from typing import TYPE_CHECKING

from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def selected(names: Sequence[str], wanted: Sequence[str], without: Sequence[str] = ()) -> list[str]:
    """The objects that are meant, in the order of `names`.

    Args:
        names: all there are.
        wanted: names, or patterns with `*`, `?` and `[…]`, such as `Invoice*`; none for all.
        without: names or patterns of those to leave out; one may fit nothing.

    Raises:
        InputError: one of `wanted` fits no object.
    """
    kept = {name for pattern in wanted or ("*",) for name in _fitting(names, pattern)}
    left_out = [_compiled(pattern) for pattern in without]
    return [name for name in names if name in kept and not any(each.fullmatch(name) for each in left_out)]


def _fitting(names: Iterable[str], pattern: str) -> list[str]:
    compiled = _compiled(pattern)
    found = [name for name in names if compiled.fullmatch(name)]
    if not found and pattern != "*":
        by_lower = {name.lower(): name for name in names}
        near = [by_lower[each] for each in get_close_matches(pattern.lower(), by_lower, n=3)]
        hint = f": did you mean {' or '.join(near)}?" if near else ""
        raise InputError(f"no object is called {pattern}{hint}")
    return found


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern), re.IGNORECASE)
