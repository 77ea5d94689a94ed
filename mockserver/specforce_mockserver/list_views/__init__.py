"""List views: a filter, columns and an order over one object, run as SOQL.

Source: specs/reference/rest.md section 11, rest_resources.md section 5.
"""
