"""What to ask and what to expect, made from the spec's own examples: each request and each answer is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.specification import Answer, Body, SpecOperation

Json = Any


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: parameters under their wire names, and the body's value (text for raw bodies)."""

    arguments: dict[str, Json]
    body: Json = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One documented answer as Prism is asked for it: a status and, where it has a body, which example."""

    answer: Answer
    status: int
    body: Body | None = None
    name: str = ""
    value: Json = field(default=None, repr=False)

    @property
    def prefer(self) -> str:
        """The Prefer header that makes Prism give this answer."""
        return f"code={self.status}" + (f", example={self.name}" if self.name else "")


def asks(operation: SpecOperation) -> list[Ask]:
    """The operation's requests: with every parameter that has an example, then with the required ones alone.

    Raises:
        AssertionError: a required parameter or the body has no example.
    """
    for parameter in operation.parameters:
        assert parameter.examples or not parameter.required, (
            f"{operation.operation_id}: the parameter {parameter.name} has no example in the spec"
        )
    whole = {p.name: p.examples[0] for p in operation.parameters if p.examples}
    bare = {p.name: p.examples[0] for p in operation.parameters if p.required}
    if operation.request is None:
        return [Ask(whole)] if whole == bare else [Ask(whole), Ask(bare)]
    bodies = list(operation.request.examples.values())
    assert bodies, f"{operation.operation_id}: the request body has no example in the spec"
    return [Ask(whole, bodies[0]), *(Ask(bare, body) for body in bodies)]


def replies(operation: SpecOperation, *, success: bool) -> list[Reply]:
    """The operation's documented answers, one per example.

    Raises:
        AssertionError: an answer with a body has no example.
    """
    found: list[Reply] = []
    for answer in operation.answers:
        if answer.success is not success:
            continue
        if not answer.bodies:
            found.append(Reply(answer, answer.concrete_status))
        for body in answer.bodies:
            assert body.examples, f"{operation.operation_id}: the answer {answer.status} has no example in the spec"
            found += [Reply(answer, answer.concrete_status, body, name, value) for name, value in body.examples.items()]
    return found


def round_trips(operation: SpecOperation) -> Iterator[tuple[Ask, Reply]]:
    """Pairs that use each request and each success of the operation at least once.

    Raises:
        AssertionError: the spec has no success, or lacks an example.
    """
    all_asks, all_replies = asks(operation), replies(operation, success=True)
    assert all_replies, f"{operation.operation_id} has no successful answer in the spec"
    for ask, reply in zip_longest(all_asks, all_replies):
        yield ask or all_asks[-1], reply or all_replies[0]
