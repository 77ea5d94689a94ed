"""SOSL: searches for words over the records of several objects.

`statement.py` takes a statement apart, `terms.py` reads the words and operators in its braces, `index.py` finds the
rows that have them in SQLite's full-text index, `find.py` reads their fields by SOQL. WITH clauses other than METADATA
are checked and change nothing: the fake org has neither divisions nor networks, and spells nothing better.
Source: specs/reference/soql.md section 7.
"""
