"""What is said where an optional dependency is missing: one class of error, one wording."""

from __future__ import annotations

from specforce_api.runtime.errors import InputError


def sentence(what: str, package: str | None, extra: str) -> str:
    """`Arrow needs pyarrow: pip install 'specforce[arrow]'`."""
    return f"{what} needs {package}: pip install 'specforce[{extra}]'"


def missing(what: str, package: str | None, extra: str) -> InputError:
    """The error of something that needs an extra which isn't installed.

    Args:
        what: what needs it.
        package: what can't be imported.
        extra: which extra of specforce has it.
    """
    return InputError(sentence(what, package, extra))
