"""`/__mock/...`: what a test does to an org from outside, over HTTP, in any language. No login.

The document in specs/openapi/mock_admin.yaml says what there is: requests are routed and checked by it, and
`/__mock/openapi.json` is it. Each function here does what one of its operations asks for.
"""

from specforce_mockserver.admin.door import Admin

__all__ = ["Admin"]
