"""The examples of docs/data_rules.md: its scripts run, and its schema files are ones."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from specforce_mockserver.schema_files import schema_of_text

TEXT = (Path(__file__).parents[2] / "docs" / "data_rules.md").read_text("utf-8")
SCRIPTS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
SCHEMAS = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
TRIP = """
[Trip__c.fields]
Start__c = "date"
End__c = "date"
"""


def test_the_scripts_run_and_print_what_they_should(tmp_path: Path) -> None:
    printed: list[str] = []
    for number, script in enumerate(SCRIPTS):
        path = tmp_path / f"example_{number}.py"
        path.write_text(script, encoding="utf-8")
        run = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        printed.append(run.stdout)

    assert printed[0] == "Welcome Acme\n"


def test_the_schema_files_make_one_schema() -> None:
    schema = schema_of_text("\n".join([*SCHEMAS, TRIP]))

    assert schema["Invoice__c"].field("Total__c") is not None
    assert [rule.name for rule in schema["Trip__c"].validation_rules] == ["Ends_after_it_starts"]
