"""Quick actions: the global ones, an object's own, and those that tests add; what they make and change is real.

Source: specs/reference/rest.md section 11, rest_resources.md section 6, soap.md (DescribeQuickActionResult).
"""
