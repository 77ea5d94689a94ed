"""Salesforce's formula language, compiled to SQL: formula fields, roll-up summaries and validation rules.

`attach` gives every field of a schema that has a formula or a summary the SQL of its value; `compile_rule` makes a
condition on a record that is about to be saved. Nothing is evaluated in Python: a formula is an expression over the
org's own tables, so it can be selected, filtered and sorted by. Bounded: the text, its nesting and the SQL that comes
of it have a largest size. Source: the operators and functions are Salesforce's own; what it does with blanks is said
at `Compiler`.
"""

from __future__ import annotations

from specforce_mockserver.formulas.attaching import attach, attach_one
from specforce_mockserver.formulas.errors import FormulaError
from specforce_mockserver.formulas.rules import compile_rule

__all__ = ["FormulaError", "attach", "attach_one", "compile_rule"]
