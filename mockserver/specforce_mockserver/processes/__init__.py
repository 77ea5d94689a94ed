"""Approval processes and workflow rules: what an administrator set up, and what becomes of records in them."""
