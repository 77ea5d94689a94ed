"""`python -m specforce_mockserver serve|coverage`."""

from __future__ import annotations

import sys

from specforce_mockserver.cli import main

sys.exit(main())
