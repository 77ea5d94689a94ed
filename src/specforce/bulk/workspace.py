"""The temporary folder of one load or export: parts, result files, the outcomes of rows.

Freed by `close`, or when nobody holds it any more.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specforce.bulk.outcomes import Outcomes


class Workspace:
    """Makes the folder; `folder` holds whatever else is put there.

    Args:
        parent: where to make it; `None` for the system's place for temporary files.
    """

    def __init__(self, parent: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="specforce-", dir=parent))
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcomes of the load's rows."""
        from specforce.bulk.outcomes import Outcomes  # noqa: PLC0415 - exports take no database into memory

        return Outcomes(self.folder / "outcomes.sqlite")

    @property
    def closed(self) -> bool:
        """Whether the files are gone."""
        return not self._remove.alive

    def close(self) -> None:
        """Remove the folder."""
        if "outcomes" in self.__dict__:
            self.outcomes.close()
        self._remove()
