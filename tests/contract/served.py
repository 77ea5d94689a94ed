"""What the fake org serves of the OpenAPI documents; SOAP's operations are judged by zeep and the WSDL."""

from __future__ import annotations

import specforce_mockserver


def coverage() -> dict[str, str]:
    """operationId to stateful, static or none."""
    return {name: how for name, how in specforce_mockserver.coverage().items() if not name.startswith("soap.")}
