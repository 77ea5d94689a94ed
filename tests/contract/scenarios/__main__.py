"""`python -m tests.contract.scenarios` prints the operationIds that the contract suite tests, as JSON."""

from __future__ import annotations

import json
import sys

from tests.contract.scenarios import contract_tested

sys.stdout.write(json.dumps(sorted(contract_tested())))
