"""Records created with their children in one request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specforce._records import encode_raw
from specforce._trees import Branch, Tree, TreeNode, branch
from specforce_api.rest import operations
from specforce_api.rest.models import TreeResult
from specforce_api.runtime.errors import ApiError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from specforce._aio import Eventual
    from specforce_api.rest.models import DescribeSObjectResult

    from .session import AsyncSession


async def create_tree(
    session: AsyncSession,
    sobject: str,
    records: Iterable[object],
    headers: dict[str, str],
    describe: Callable[[str], Eventual[DescribeSObjectResult]],
) -> list[TreeNode]:
    """Create records with their children; as `AsyncSObject.create_tree`.

    Args:
        describe: tells which object a relationship leads to.
    """
    tree = Tree()

    async def grown(found: Branch) -> dict[str, Any]:
        made = tree.record(found)
        for name, below in found.children.items():
            child = _child(await describe(found.sobject), name)
            branches = [
                branch(child, each, f"{found.path}.{name}[{place}]", found.depth + 1)
                for place, each in enumerate(below)
            ]
            made[name] = {"records": [await grown(each) for each in branches]}
        return made

    roots = [branch(sobject, record, f"records[{place}]", 1) for place, record in enumerate(records)]
    if not roots:
        return []
    sent = [await grown(root) for root in roots]
    operation = replace(operations.composite_tree(sobject, body={}, **headers), body=encode_raw({"records": sent}))
    try:
        return tree.nodes(sent, await session.send(operation))
    except ApiError as error:
        results = _results(error)
        raise (tree.failed(error, results) if results else error) from None


def _child(described: DescribeSObjectResult, relationship: str) -> str:
    """The object that a child relationship leads to."""
    for each in described.child_relationships:
        name = each.relationship_name
        if isinstance(name, str) and name.lower() == relationship.lower():
            return each.child_s_object
    known = sorted(str(each.relationship_name) for each in described.child_relationships if each.relationship_name)
    raise InputError(f"{described.name} has no children {relationship!r}; it has {', '.join(known) or 'none'}")


def _results(error: ApiError) -> TreeResult | None:
    """What a refused tree's answer says of its records."""
    import json  # noqa: PLC0415 - rare

    try:
        return TreeResult.from_dict(json.loads(error.body))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
