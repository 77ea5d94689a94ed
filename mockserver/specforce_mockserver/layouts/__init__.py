"""Layouts of an object, made of its schema: pages with sections and related lists, and compact layouts.

Nobody laid them out, so they show what the object has in the order in which describe lists it. Source:
specs/reference/rest.md section 6, rest_resources.md section 1, soap.md (the shapes).
"""
