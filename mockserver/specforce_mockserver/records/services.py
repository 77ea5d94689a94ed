"""What saving records needs of an org."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce_mockserver.clock import Clock
    from specforce_mockserver.counters import Counters
    from specforce_mockserver.database import Database
    from specforce_mockserver.faults import Faults
    from specforce_mockserver.permissions.library import Permissions
    from specforce_mockserver.records.assignment import AssignmentRules
    from specforce_mockserver.records.duplicates import DuplicateRules
    from specforce_mockserver.records.validation import ValidationRules
    from specforce_mockserver.schema import Schema
    from specforce_mockserver.triggers.library import Triggers


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one org that records are saved with."""

    database: Database
    schema: Schema
    clock: Clock
    counters: Counters
    triggers: Triggers
    validation: ValidationRules
    duplicates: DuplicateRules
    assignment: AssignmentRules
    permissions: Permissions
    faults: Faults
