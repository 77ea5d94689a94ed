"""`python -m specforce_mockserver serve|coverage`."""

from __future__ import annotations

import gc
import sys

# All that is made before the server answers stays until it ends: looking for garbage among it takes a tenth of a start.
gc.disable()

from specforce_mockserver.cli import main  # noqa: E402 - the imports are most of what is made

sys.exit(main())
