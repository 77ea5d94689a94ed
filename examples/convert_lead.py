"""Convert a lead and print what it became: `python -m examples.convert_lead LEAD_ID`."""

from __future__ import annotations

import sys

from specforce import Salesforce
from specforce_api.soap.models import LeadConvert


def main(lead_id: str) -> None:
    """Convert it."""
    with Salesforce.from_env() as sf:
        result = sf.soap.convert_lead(LeadConvert(lead_id=lead_id, converted_status="Closed - Converted"))
    if result.success:
        print(f"account {result.account_id}, contact {result.contact_id}, opportunity {result.opportunity_id}")
    for error in result.errors:
        print(f"{error.status_code}: {error.message}")


if __name__ == "__main__":
    main(sys.argv[1])
