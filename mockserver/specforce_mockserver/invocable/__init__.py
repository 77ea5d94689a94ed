"""Invocable actions: a few standard ones whose effect shows, and custom ones that tests register.

Source: specs/reference/rest.md section 11.
"""
