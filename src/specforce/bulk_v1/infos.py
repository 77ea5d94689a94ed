"""Jobs and batches that are told in XML, as the models that JSON is read into.

Source: reference/bulk_v1.md sections 2, 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from specforce_api.bulk_v1.models import BatchInfo, BatchState, JobInfo
from specforce_api.runtime.errors import DecodeError
from specforce_api.runtime.waiters import WAITERS
from specforce_api.runtime.xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce_api.runtime.operation import OperationInfo, Reply
    from specforce_api.runtime.xml import Node

BATCH_STATES: Final = WAITERS["bulk_v1_batch"]
T = TypeVar("T")
_NUMBERS: Final = ("number", "total", "apiActive", "apex")


@dataclass(frozen=True, slots=True)
class Batches:
    """All batches of a job at one moment; `state` is what waiting for them all goes by."""

    infos: tuple[BatchInfo, ...]

    @property
    def state(self) -> BatchState:
        """Completed once every batch has ended, whatever its end; a state that the specs don't know, where there is
        one.
        """
        known = BATCH_STATES.terminal | BATCH_STATES.pending
        states = [info.state for info in self.infos]
        strange = [state for state in states if state.value not in known]
        pending = [state for state in states if state.value in BATCH_STATES.pending]
        return next(iter([*strange, *pending]), BatchState.COMPLETED)


def read_job_xml(info: OperationInfo, reply: Reply) -> JobInfo:
    """A `jobInfo` document.

    Raises:
        DecodeError: it isn't one.
    """
    return _built(info, reply, _root(info, reply, "jobInfo"), JobInfo.from_dict)


def read_batch_xml(info: OperationInfo, reply: Reply) -> BatchInfo:
    """A `batchInfo` document.

    Raises:
        DecodeError: it isn't one.
    """
    return _built(info, reply, _root(info, reply, "batchInfo"), BatchInfo.from_dict)


def read_batches_xml(info: OperationInfo, reply: Reply) -> Batches:
    """A `batchInfoList` document.

    Raises:
        DecodeError: it isn't one.
    """
    root = _root(info, reply, "batchInfoList")
    return Batches(tuple(_built(info, reply, node, BatchInfo.from_dict) for node in root.all("batchInfo")))


def read_result_ids_xml(info: OperationInfo, reply: Reply) -> list[str]:
    """A `result-list` document.

    Raises:
        DecodeError: it isn't one.
    """
    return [node.text.strip() for node in _root(info, reply, "result-list").all("result")]


def _root(info: OperationInfo, reply: Reply, name: str) -> Node:
    root = read_xml(info, reply)
    if root.name != name:
        raise _otherwise(info, reply, f"its root is {root.name}, not {name}")
    return root


def _built(info: OperationInfo, reply: Reply, node: Node, build: Callable[[dict[str, Any]], T]) -> T:
    try:
        return build({child.name: _value(child.name, child.text) for child in node.children if not child.nil})
    except (KeyError, TypeError, ValueError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise _otherwise(info, reply, what) from error


def _value(name: str, text: str) -> str | int | float:
    """The text of an element as JSON has its value."""
    if name == "apiVersion":
        return float(text)
    return int(text) if name.startswith(_NUMBERS) else text


def _otherwise(info: OperationInfo, reply: Reply, what: str) -> DecodeError:
    return DecodeError(
        f"{info.operation_id}: the answer doesn't have the shape that the spec promises: {what}",
        operation_id=info.operation_id,
        status=reply.status,
        body=reply.content.decode("utf-8", errors="replace"),
    )
