"""Apex REST: the org's own endpoints, as Python functions."""

from __future__ import annotations

from .endpoints import ApexEndpoints
from .messages import ApexException, ApexRequest, ApexResponse

__all__ = ["ApexEndpoints", "ApexException", "ApexRequest", "ApexResponse"]
