"""Fields of standard objects that Salesforce works out from another field of the same record.

Only what clients commonly read: whether something is closed, won or converted; how large a file is. Values are
Salesforce's own defaults for a new org [E]; a field that the schema doesn't hold is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.records import files
from specforce_mockserver.records.batch import ABSENT

if TYPE_CHECKING:
    from specforce_mockserver.records.batch import Batch

_STAGES: dict[str, tuple[int, int, float, str]] = {
    # stage: (IsClosed, IsWon, Probability, ForecastCategory)
    "Prospecting": (0, 0, 10.0, "Pipeline"),
    "Qualification": (0, 0, 10.0, "Pipeline"),
    "Needs Analysis": (0, 0, 20.0, "Pipeline"),
    "Value Proposition": (0, 0, 50.0, "Pipeline"),
    "Id. Decision Makers": (0, 0, 60.0, "Pipeline"),
    "Perception Analysis": (0, 0, 70.0, "Pipeline"),
    "Proposal/Price Quote": (0, 0, 75.0, "Pipeline"),
    "Negotiation/Review": (0, 0, 90.0, "Pipeline"),
    "Closed Won": (1, 1, 100.0, "Closed"),
    "Closed Lost": (1, 0, 0.0, "Omitted"),
}
_OPEN_STAGE = (0, 0, 0.0, "Pipeline")


def derive(batch: Batch) -> None:
    """Fill in what follows from the fields that rows mention."""
    if batch.sobject.name == "Opportunity":
        _opportunity(batch)
    elif batch.sobject.name == "Case":
        _closed(batch, {"Closed"})
    elif batch.sobject.name == "Task":
        _closed(batch, {"Completed"})
    else:
        files.measure(batch)


def _closed(batch: Batch, closed: set[str]) -> None:
    column = batch.columns.get("Status")
    if column is not None and batch.sobject.field("IsClosed") is not None:
        batch.columns["IsClosed"] = [value if value is ABSENT else int(value in closed) for value in column]


def _opportunity(batch: Batch) -> None:
    stages = batch.columns.get("StageName")
    if stages is None:
        return
    facts: list[Any] = [ABSENT if stage is ABSENT else _STAGES.get(stage, _OPEN_STAGE) for stage in stages]
    for place, name in enumerate(("IsClosed", "IsWon", "Probability", "ForecastCategory")):
        if batch.sobject.field(name) is None:
            continue
        derived = [ABSENT if each is ABSENT else each[place] for each in facts]
        if name == "Probability":
            given = batch.columns.get(name) or derived
            derived = [found if own is ABSENT else own for own, found in zip(given, derived, strict=True)]
        batch.columns[name] = derived
