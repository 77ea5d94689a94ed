"""Pull objects of an org, and try code on a fake org of them: `python -m examples.org_in_a_folder schema/`."""

from __future__ import annotations

import sys

from specforce import Salesforce
from specforce.sobjects import Account
from specforce.testing import FakeOrg


def main(folder: str) -> None:
    """Pull, then create an account where it hurts nobody."""
    with Salesforce.from_env() as sf:
        pulled = sf.schema.pull(folder, "Account", references=True)
    print(f"{pulled.described} objects of API {pulled.api_version}, {len(pulled.changed)} changed")
    with FakeOrg(schema=folder) as org, Salesforce(org.auth()) as sf:
        saved = sf.sobject(Account).create(Account(Name="Acme"))
        print(f"on a fake org of them: {sf.sobject(Account).get(saved.id).Name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
