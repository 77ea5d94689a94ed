"""OpenAPI documents of an org's objects, made of its schema when they are asked for.

Source: specs/reference/rest.md section 13.
"""
