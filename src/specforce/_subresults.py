"""The answers to requests that travelled inside another one, told apart. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from specforce_api.runtime.errors import error_from_reply
from specforce_api.runtime.operation import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specforce._references import Reference
    from specforce_api.runtime.errors import ApiError

T = TypeVar("T")
_CONSEQUENCES = frozenset({"PROCESSING_HALTED", "BATCH_PROCESSING_HALTED"})


class Results:
    """The answers to requests that were sent together; `results[reference]` is one."""

    def __init__(self, references: Mapping[str, Reference[Any]], answers: Mapping[str, Reply]) -> None:
        self._references = references
        self._answers = answers

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self) - len(self.errors())} of {len(self)} succeeded>"

    def __len__(self) -> int:
        return len(self._references)

    def __iter__(self) -> Iterator[Reference[Any]]:
        return iter(self._references.values())

    def __getitem__(self, reference: Reference[T]) -> T:
        """The decoded answer.

        Raises:
            ApiError: this request was refused, or rolled back. DecodeError: its answer doesn't fit.
            KeyError: it isn't one of these requests.
        """
        if error := self.error(reference):
            raise error
        return reference.operation.decode(self._answers[reference.name])

    @property
    def succeeded(self) -> bool:
        """No request was refused."""
        return not self.errors()

    def status(self, reference: Reference[Any]) -> int:
        """The HTTP status that a request alone would have had."""
        return self._answer(reference).status

    def error(self, reference: Reference[Any]) -> ApiError | None:
        """Why a request was refused; `None` if it wasn't."""
        info, reply = reference.operation.info, self._answer(reference)
        return None if reply.status in info.success else error_from_reply(info, reply)

    def errors(self) -> dict[str, ApiError]:
        """The errors of those that were refused, by the name of the request."""
        found = {name: self.error(reference) for name, reference in self._references.items()}
        return {name: error for name, error in found.items() if error is not None}

    def raise_for_errors(self) -> None:
        """Do nothing if all went well.

        Raises:
            ApiError: the first error that isn't the mere consequence of another.
        """
        errors = self.errors()
        own = [error for error in errors.values() if error.error_code not in _CONSEQUENCES]
        for error in own or errors.values():
            raise error

    def _answer(self, reference: Reference[Any]) -> Reply:
        if self._references.get(reference.name) is not reference:
            raise KeyError(f"{reference!r} isn't one of these requests")
        return self._answers[reference.name]


def subreply(status: int, body: object, headers: Mapping[str, Any] | None = None) -> Reply:
    """The answer that a request alone would have had; a `null` body is none."""
    lowered = {name.lower(): str(value) for name, value in (headers or {}).items()}
    content = b"" if body is None else msgspec.json.encode(body)
    return Reply(status, {"content-type": "application/json", **lowered}, content)
