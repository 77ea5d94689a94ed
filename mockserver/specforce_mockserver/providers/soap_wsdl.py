"""The WSDLs that an org hands out: the Partner one, and the Enterprise one with its own objects.

Source: specs/reference/soap.md section 10; where they are is [E].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.dialect import ENTERPRISE, PARTNER
from specforce_mockserver.soap.faults import XML
from specforce_mockserver.soap.wsdl import wsdl

if TYPE_CHECKING:
    from specforce_mockserver.soap.dialect import Dialect


@provides("getPartnerWsdl", served="static")
def get_partner_wsdl(call: Call) -> Answer:
    """The WSDL that is the same for every org."""
    return _document(call, PARTNER)


@provides("getEnterpriseWsdl", served="static")
def get_enterprise_wsdl(call: Call) -> Answer:
    """The WSDL of this org's objects."""
    return _document(call, ENTERPRISE)


def _document(call: Call, dialect: Dialect) -> Answer:
    address = f"{call.base_url}/services/Soap/{dialect.endpoint}/{call.org.settings.newest_version}"
    return Answer(content=wsdl(dialect, call.org.schema, address), media_type=XML)
