"""An org's objects as files: pulled from it, compared, and made into classes.

    pulled = sf.schema.pull("schema/", "Account", "Invoice*")
    FakeOrg(schema="schema/")

A folder holds one describe document per object, and may go into version control: the same org gives the same bytes.
What asks the org is at the client, `sf.schema`; what reads folders alone is here.
"""

from __future__ import annotations

from specforce.schema.classes import generate
from specforce.schema.differences import FieldChange, ObjectChange, SchemaDiff, diff
from specforce.schema.folder import Manifest, SchemaFolder
from specforce.schema.pulled import Pulled, PullProgress

__all__ = [
    "FieldChange",
    "Manifest",
    "ObjectChange",
    "PullProgress",
    "Pulled",
    "SchemaDiff",
    "SchemaFolder",
    "diff",
    "generate",
]
