"""Dashboards: components over saved reports, with the data of their last refresh, and filters that narrow it.

Source: specs/reference/rest_resources.md section 12.
"""
