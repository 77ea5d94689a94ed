"""What functions that answer Apex REST in a fake org get, give and raise."""

from __future__ import annotations

from specforce_mockserver.apex import ApexException, ApexRequest, ApexResponse

__all__ = ["ApexException", "ApexRequest", "ApexResponse"]
