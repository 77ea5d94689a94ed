"""Describe documents from the short form of objects: `Code__c = "string(10) externalId unique"`.

The form and every rule of what is derived from it stand in specs/README.md. The standard objects of this package are
made of it, and so can a user's own be:

    objects = read_objects(tomllib.loads(text), where="schema.toml")
    documents = describe_documents(objects, known=standard, api_version="67.0")
"""

from __future__ import annotations

from .documents import data_rules, describe_documents, display_formats
from .keys import empty_field, empty_object
from .reading import ShortField, ShortFormError, ShortObject, read_objects

__all__ = [
    "ShortField",
    "ShortFormError",
    "ShortObject",
    "data_rules",
    "describe_documents",
    "display_formats",
    "empty_field",
    "empty_object",
    "read_objects",
]
