"""convertLead. Source: specs/reference/soap.md section 4."""

from __future__ import annotations

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import check_count
from specforce_mockserver.soap.leads import LeadConverter

MAX_LEADS = 100


@provides("soap.convertLead", writes=True)
def convert_lead(call: Call) -> Answer:
    """Convert leads, each for itself."""
    wanted = call.params["leadConverts"]
    check_count(wanted, MAX_LEADS, "EXCEEDED_LEAD_CONVERT_LIMIT")
    converter = LeadConverter(call.org, call.user_id)
    return Answer([converter.convert(each) for each in wanted])
